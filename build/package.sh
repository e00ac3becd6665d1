#!/bin/sh
# Builds what people install, into build/out/: deb and rpm, the command line alone, the Windows executables, the list of
# ingredients (CycloneDX) and checksums. ./run package calls it, after the interface is built.
#
# The same commit gives the same bytes: no paths, no build ids, and one time, that of the commit.
set -eu
cd "$(dirname "$0")/.."
. build/lib.sh

tool() { # a pinned tool, on this machine's system whatever is built
	name=$1
	shift
	env -u GOOS -u GOARCH go tool -modfile=build/tools/go.mod "$name" "$@"
}

if [ -z "${AIRLOOM_ANY_SYSTEM:-}" ]; then build/setup.sh window; fi

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
number=$(sed -n 's/.*"productVersion": "\([0-9.]*\)".*/\1/p' wails.json)
VERSION=$number
if [ "$(git describe --tags --exact-match 2>/dev/null || :)" != "v$number" ]; then
	VERSION=$number-dev.$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d).g$(git rev-parse --short=8 HEAD)
fi
ARCH=$(go env GOARCH)
out=build/out
STAGE=$(mktemp -d)
export VERSION ARCH STAGE
trap 'rm -rf "$STAGE" airloom_windows_*.syso' EXIT
trap 'exit 130' INT TERM

# What is signed off must be what is built: packing an edited tree is fine for a try, and is said.
[ -z "$(git status --porcelain --untracked-files=no)" ] || say "the tree has changes that are not committed; the packages contain them"

compile() { # OUT FLAGS...
	to=$1
	shift
	go build -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$VERSION ${more:-}" -o "$to" "$@" .
}

# Build into an empty folder, so that nothing of an earlier version is shipped along.
rm -rf "$out"
mkdir -p "$out"

export CGO_ENABLED=0
quiet "building airloom $VERSION" compile "$STAGE/airloom"
cp "$STAGE/airloom" "$out/airloom-linux-$ARCH"
CGO_ENABLED=1 quiet "building airloom-window $VERSION" compile "$STAGE/airloom-window" -tags "$window_tags"
for packager in deb rpm; do
	quiet "packing the $packager" tool nfpm package --config build/linux/nfpm.yaml --packager "$packager" --target "$out"
done

quiet "drawing the Windows resources" tool go-winres simply --arch amd64 --out airloom --icon build/windows/icon.ico \
	--manifest gui --product-name Airloom --product-version "$number" --file-version "$number" \
	--file-description "Draw, deploy and test serverless systems" --original-filename airloom.exe
export GOOS=windows GOARCH=amd64
quiet "building airloom.exe" compile "$out/airloom-windows-amd64.exe"
more="-H windowsgui" quiet "building airloom-window.exe" compile "$out/airloom-window-windows-amd64.exe" -tags desktop,production
unset GOOS GOARCH

GOFLAGS="-tags=$window_tags" CGO_ENABLED=1 quiet "listing the Go ingredients" tool cyclonedx-gomod app -json -licenses -noserial -std -output "$STAGE/go.json" -main . .
quiet "listing the npm ingredients" sh -c 'npm --prefix frontend sbom --sbom-format cyclonedx --omit dev >"$STAGE/npm.json"'
quiet "writing the list of ingredients" node build/sbom.mjs "$VERSION" "$STAGE/go.json" "$STAGE/npm.json" "$out/airloom.cdx.json"

(cd "$out" && sha256sum -- * >SHA256SUMS)
say "in $out/:"
(cd "$out" && ls -l | awk 'NR > 1 {printf "  %10d  %s\n", $5, $NF}')
