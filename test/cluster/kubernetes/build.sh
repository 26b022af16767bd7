#!/usr/bin/env bash
# Builds the programs of a Kubernetes node from source and prints the folder that holds them.
#
#   OUTRIDER_CACHE  where to keep them; ${XDG_CACHE_HOME:-$HOME/.cache}/outrider by default
#
# The finished folder is named after the version, so that a second run has nothing to do; it appears by a
# rename, so that it is either whole or absent, also after an interrupt and with two builds at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# A build started by cron or a container may have no HOME, and Go needs one for its own cache.
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
# A go.work above this folder must not take part.
export GOWORK=off CGO_ENABLED=0

say() { printf 'kubernetes: %s\n' "$*" >&2; }

# Read without Go, which is not needed where the programs are already built.
version=$(awk '$1 == "k8s.io/kubernetes" { print $2 }' go.mod)
cache=${OUTRIDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outrider}
target=$cache/kubernetes-${version#v}

if [[ -d $target ]]; then
  echo "$target"
  exit 0
fi

command -v go >/dev/null || { say 'Go 1.25 or later is needed on PATH'; exit 1; }

mkdir -p "$cache"
work=$(mktemp -d "$cache/.kubernetes-build.XXXXXX")
trap 'rm -rf "$work"' EXIT

say "fetching the sources of $version"
go mod download -x 2>&1 | awk '/\.zip: 200/ { if (++n % 50 == 0) print "kubernetes: " n " modules fetched" }' >&2

# Without these stamps the programs call themselves v0.0.0, and kubectl then warns of a version skew. All other
# stamps (commit, date) stay out: the same sources give the same bytes.
stamp=k8s.io/component-base/version
IFS=. read -r major minor _ <<<"${version#v}"
ldflags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=$major -X $stamp.gitMinor=$minor"
ldflags+=" -X $stamp.gitTreeState=clean"

total=$(go list -deps tool | wc -l)
say "compiling up to $total packages, about 4 minutes on two cores when Go's cache is cold"
# One invocation for all six: most packages are shared, and the linkers overlap with the compilers.
go build -v -trimpath -ldflags "$ldflags" -o "$work/" tool 2>&1 |
  awk -v total="$total" '
    /^[[:alnum:]._~\/-]+$/ { if (++n % 100 == 0) print "kubernetes: " n " of " total " packages"; fflush(); next }
    { print }' >&2

# Somebody else's build may have been first: theirs is as good as ours.
chmod 755 "$work"
mv -T "$work" "$target" 2>/dev/null || [[ -d $target ]]
say "built in ${SECONDS} s"
echo "$target"
