#!/usr/bin/env bash
# Builds Linkerd's proxy-init, against which `make bench` measures ours, into the cache folder; skipped when it is there.
set -euo pipefail
version=1.6.2
target=${OUTRIDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outrider}/proxy-init-$version
[ -x "$target" ] && exit 0
cd "$(dirname "$0")"
echo "proxy-init $version: building"
mkdir -p "$(dirname "$target")"
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$target.part" github.com/linkerd/linkerd2-proxy-init
mv "$target.part" "$target"
