#!/usr/bin/env bash
# Builds helm3 and helm4 from source and prints the folder that holds them.
#
#   OUTRIDER_CACHE  where to keep them; ${XDG_CACHE_HOME:-$HOME/.cache}/outrider by default
#
# The finished folder is named after both versions and appears by a rename: it is either whole or absent.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# A build started by cron or a container may have no HOME, and Go needs one for its own cache.
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
# A go.work above this folder must not take part.
export GOWORK=off CGO_ENABLED=0

say() { printf 'helm: %s\n' "$*" >&2; }

# Read without Go, which is not needed where the programs are already built.
version_of() { awk -v module="$1" '$1 == module { print $2 }' go.mod; }
v3=$(version_of helm.sh/helm/v3)
v4=$(version_of helm.sh/helm/v4)
client=$(version_of k8s.io/client-go)
cache=${OUTRIDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outrider}
target=$cache/helm-${v3#v}-${v4#v}

if [[ -d $target ]]; then
  echo "$target"
  exit 0
fi

command -v go >/dev/null || { say 'Go 1.26 or later is needed on PATH'; exit 1; }

mkdir -p "$cache"
work=$(mktemp -d "$cache/.helm-build.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Helm 3 takes the version of Kubernetes that `helm template` assumes from a stamp, Helm 4 from its modules: v0.37.1 of
# client-go is of Kubernetes 1.37.
IFS=. read -r _ minor _ <<<"$client"
stamps3="-X helm.sh/helm/v3/internal/version.version=$v3"
for package in pkg/chartutil pkg/lint/rules; do
  stamps3+=" -X helm.sh/helm/v3/$package.k8sVersionMajor=1 -X helm.sh/helm/v3/$package.k8sVersionMinor=$minor"
done
stamps4="-X helm.sh/helm/v4/internal/version.version=$v4"

say "compiling $v4 and $v3, about 4 minutes on two cores when Go's cache is cold"
go build -trimpath -ldflags "-s -w $stamps4" -o "$work/helm4" helm.sh/helm/v4/cmd/helm
go build -trimpath -ldflags "-s -w $stamps3" -o "$work/helm3" helm.sh/helm/v3/cmd/helm

# Somebody else's build may have been first: theirs is as good as ours.
chmod 755 "$work"
mv -T "$work" "$target" 2>/dev/null || [[ -d $target ]]
say "built in ${SECONDS} s"
echo "$target"
