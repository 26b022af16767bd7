#!/usr/bin/env bash
# Installs node_modules, Node 26 among them, exactly as package-lock.json says; skipped while that file is the same.
set -euo pipefail
cd "$(dirname "$0")/.."
key=$(sha256sum package-lock.json | cut -d' ' -f1)
stamp=node_modules/.lockfile-sha256
[ "$(cat "$stamp" 2>/dev/null)" = "$key" ] && exit 0

echo "node_modules: installing"
# The machine's own npm may run on an older Node than the packages ask for; they are run by the Node among them.
npm ci --no-audit --no-fund --loglevel=error
echo "$key" >"$stamp"
