#!/bin/sh
# Installs the Debian packages that are missing for one purpose, and only those. Safe to repeat.
#
#   build/setup.sh window    what compiling the window needs
#   build/setup.sh test      that, and what the end-to-end and window tests need
#
# Says what it installs before it does. Uses sudo where it is not root. Asks apt for fresh lists only when
# the ones at hand do not know a package.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

window="gcc libc6-dev pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev"
tests="xvfb xauth webkit2gtk-driver xdotool dbus fonts-dejavu-core"

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

case ${1:-} in
window) want=$window ;;
test)
	want="$window $tests"
	if ! browser >/dev/null; then want="$want $(browser_package)"; fi
	;;
*) die "usage: build/setup.sh window|test" ;;
esac

known_system
missing=
for p in $want; do
	installed "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	sudo=
elif command -v sudo >/dev/null 2>&1; then
	sudo=sudo
else
	die "these Debian packages are missing and there is no sudo to install them:$missing"
fi

say "installing with apt:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	# No terminal questions, and patience with another apt that holds the lock.
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null
}
# shellcheck disable=SC2086  # the list is words on purpose
if ! apt-cache show $missing >/dev/null 2>&1; then
	apt update || explain "$log" "apt could not refresh its package lists"
fi
# shellcheck disable=SC2086
apt install -y --no-install-recommends $missing && exit 0
# Lists that are days old name versions the mirror has since replaced: refresh once, try once more.
apt update || explain "$log" "apt could not refresh its package lists"
# shellcheck disable=SC2086
apt install -y --no-install-recommends $missing || explain "$log" "apt could not install:$missing"
