# shellcheck shell=sh
# What ./run, ./test and build/*.sh share. Sourced, POSIX sh. Every refusal is one line that says what to do.

me=${0##*/}

say() { printf '%s\n' "$me: $*" >&2; }

die() {
	say "$*"
	exit 1
}

# explain LOG MESSAGE: ends with one line when the network is the cause, else with the end of the log.
explain() {
	if grep -Eqi 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|dial tcp|no such host|could not resolve|temporary failure|network is unreachable|i/o timeout|proxyconnect|handshake timeout|connection refused|failed to fetch|cannot initiate the connection' "$1"; then
		rm -f "$1"
		die "$2: the network cannot be reached; connect (or set the proxy) and start again"
	fi
	if grep -Eqi 'SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|certificate signed by unknown authority|certificate verif' "$1"; then
		rm -f "$1"
		die "$2: the network answers with a certificate that is not trusted here; install your proxy's certificate, and set NODE_EXTRA_CA_CERTS for npm"
	fi
	tail -n 40 "$1" >&2
	rm -f "$1"
	die "$2 (its last lines are above)"
}

# known_system: Debian 12 or newer, Ubuntu 24.04 or newer. AIRLOOM_ANY_SYSTEM=1 goes on regardless, untested.
known_system() {
	[ -z "${AIRLOOM_ANY_SYSTEM:-}" ] || return 0
	system=$(uname -s)
	if [ "$system" = Linux ] && [ -r /etc/os-release ]; then
		id=$(. /etc/os-release && echo "${ID:-}")
		version=$(. /etc/os-release && echo "${VERSION_ID:-}")
		system="${id:-Linux} $version"
		case $id in
		debian) # testing and unstable carry no number: they are newer than any
			if [ -z "$version" ] || [ "${version%%.*}" -ge 12 ]; then return 0; fi ;;
		ubuntu)
			if [ "${version%%.*}" -ge 24 ]; then return 0; fi ;;
		esac
	fi
	die "this is $system; the scripts know Debian 12 and Ubuntu 24.04 or newer (elsewhere see \"Other systems\" in README.md, then set AIRLOOM_ANY_SYSTEM=1)"
}

# at_least HAVE WANT: dotted numbers compared, 1.26 <= 1.26.0 <= 1.26.8.
at_least() {
	[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ] || [ "$1" = "$2" ]
}

# known_tools: Go as go.mod asks, Node as frontend/package.json asks, and npm. The Go that is installed counts, not one it could fetch.
known_tools() {
	want=$(sed -n 's/^go \([0-9.]*\)$/\1/p' go.mod)
	command -v go >/dev/null 2>&1 || die "Go is missing; Airloom needs Go $want or newer (https://go.dev/dl)"
	have=$(cd / && GOTOOLCHAIN=local go env GOVERSION)
	have=${have#go}
	at_least "${have%%[!0-9.]*}" "$want" || die "this is Go $have; Airloom needs Go $want or newer (https://go.dev/dl)"
	command -v node >/dev/null 2>&1 || die "Node.js is missing; Airloom needs Node 20 or newer (https://nodejs.org)"
	have=$(node --version)
	want=$(sed -n 's/.*"node": *">=\([0-9.]*\)".*/\1/p' frontend/package.json)
	at_least "${have#v}" "$want" || die "this is Node ${have#v}; Airloom needs Node $want or newer (https://nodejs.org)"
	command -v npm >/dev/null 2>&1 || die "npm is missing beside Node $have; install it (Debian: apt install npm)"
}

# browser: the Chromium that end-to-end tests drive, or failure.
browser() {
	for b in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
		if [ -n "$b" ] && command -v "$b" 2>/dev/null; then return 0; fi
	done
	return 1
}

# browser_package: its name here; Ubuntu's package is a door to the snap.
browser_package() {
	if [ "$(. /etc/os-release && echo "${ID:-}")" = ubuntu ]; then echo chromium-browser; else echo chromium; fi
}

# has_display: an X or Wayland session to open a window in.
has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

# digest PATH...: one hash over the names and contents of every file below, without what is built or installed.
digest() {
	find "$@" \( -name node_modules -o -name dist -o -name test-results -o -name playwright-report \) -prune \
		-o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# quiet MESSAGE COMMAND...: says the message, runs the command with its output in a log, explains a failure.
quiet() {
	message=$1
	shift
	say "$message"
	log=$(mktemp)
	if "$@" >"$log" 2>&1 </dev/null; then
		rm -f "$log"
	else
		explain "$log" "$message: failed"
	fi
}

# packages: the npm packages of the interface, exactly as locked, running none of their scripts.
packages() {
	cmp -s frontend/package-lock.json frontend/node_modules/.airloom-lock && return 0
	quiet "installing the npm packages of the interface" \
		npm --prefix frontend ci --ignore-scripts --no-audit --no-fund
	cp frontend/package-lock.json frontend/node_modules/.airloom-lock
}

# sdk: the AWS SDK that functions of the embedded sandbox find, into build/sdk/dist, which the application embeds.
sdk() {
	now=$(digest build/sdk)
	if [ -d build/sdk/dist ] && [ "$(cat build/sdk/node_modules/.airloom-built 2>/dev/null)" = "$now" ]; then return 0; fi
	quiet "installing the npm packages of the AWS SDK for functions" \
		npm --prefix build/sdk ci --ignore-scripts --no-audit --no-fund
	node build/sdk/ship.mjs build/sdk/dist
	echo "$now" >build/sdk/node_modules/.airloom-built
}

# interface: frontend/dist, rebuilt only when a source of it changed.
interface() {
	sdk
	packages
	now=$(digest frontend assets)
	stamp=frontend/node_modules/.airloom-built
	if [ -f frontend/dist/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return 0; fi
	quiet "building the interface" npm --prefix frontend run build
	echo "$now" >"$stamp"
}

window_tags=desktop,production,webkit2_41
