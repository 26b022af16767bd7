#!/usr/bin/env bash
# Installs the Debian packages that the given lists name, one a line; those already there are left as they are.
# Usage: debian.sh LIST...
set -euo pipefail
missing=()
while read -r package; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done < <(grep -hv -e '^#' -e '^$' "$@")
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Debian packages: installing ${missing[*]}"
# Some of them would start a service on install. Here they are programs that the tests start themselves.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
