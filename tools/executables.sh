#!/usr/bin/env bash
# Compiles dist/linux-ARCH/outrider and outrider-init; for this machine's own architecture they are also dist/outrider
# and dist/outrider-init. Skipped while nothing that goes into them has changed. Usage: executables.sh [amd64|arm64]
set -euo pipefail
cd "$(dirname "$0")/.."
own=$(dpkg --print-architecture)
arch=${1:-$own}
bun=node_modules/.bin/bun
node=node_modules/.bin/node
out=dist/linux-$arch

sources=(settings webhook init proxy package.json package-lock.json tools/executables.sh)
mkdir -p "$out"
# Who comes while another compiles waits for it, and finds it done.
exec {lock}<"$out"
flock "$lock"
$node tools/manifests.ts
key=$(find "${sources[@]}" -type f | sort | xargs sha256sum | sha256sum)
[ "$(cat "$out.sha256" 2>/dev/null)" = "$key" ] && exit 0

# The runtimes that the executables carry. Those of another architecture are fetched into the cache folder.
runtime_node=node_modules/node/bin/node
bun_options=()
code_cache=true
if [ "$arch" != "$own" ]; then
  cache=${OUTRIDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outrider}/runtimes-$arch
  mkdir -p "$cache"
  fetch() { # PACKAGE VERSION FOLDER
    [ -d "$cache/$3" ] && return
    mkdir -p "$cache/$3.part"
    tar -xzf "$cache/$(cd "$cache" && npm pack --silent "$1@$2")" -C "$cache/$3.part" --strip-components=1
    mv "$cache/$3.part" "$cache/$3"
  }
  node_version=$($node -p process.versions.node)
  bun_version=$($bun --version)
  case $arch in
  arm64) names=(arm64 aarch64) ;;
  amd64) names=(x64 x64) ;;
  *) echo "executables.sh: $arch: expected amd64 or arm64" >&2 && exit 2 ;;
  esac
  fetch "node-linux-${names[0]}" "$node_version" "node-$node_version"
  fetch "@oven/bun-linux-${names[1]}" "$bun_version" "bun-$bun_version"
  runtime_node=$cache/node-$node_version/bin/node
  bun_options=(--target="bun-linux-${names[0]}" --compile-executable-path="$cache/bun-$bun_version/bin/bun")
  # The code cache is made by running the code, which only this machine's own architecture can do.
  code_cache=false
fi

# The webhook and the command line run on Node: one bundle inside a copy of its executable. V8 would let the space for
# new objects grow to 32 MiB a half, and keep it: 8 MiB take 50 MiB less of memory, and reviews are as fast.
bundle=$out.cjs
$bun build webhook/main.ts --target=node --format=cjs --minify-whitespace --outfile="$bundle" >/dev/null
printf '{ "main": "%s", "output": "%s", "executable": "%s", "useCodeCache": %s, "disableExperimentalSEAWarning": true, "execArgv": ["--max-semi-space-size=8"] }\n' \
  "$bundle" "$out/outrider" "$runtime_node" "$code_cache" >"$out.json"
$node --build-sea "$out.json" >/dev/null
rm "$bundle" "$out.json"

# The init tool runs on Bun, which starts several times faster. It reads no configuration of its runtime's from its
# working directory: in a pod that is whatever the image says.
$bun build init/main.ts --compile --bytecode --minify "${bun_options[@]}" \
  --no-compile-autoload-dotenv --no-compile-autoload-bunfig --outfile="$out/outrider-init" >/dev/null

if [ "$arch" = "$own" ]; then ln -f "$out/outrider" "$out/outrider-init" dist/; fi
echo "$key" >"$out.sha256"
