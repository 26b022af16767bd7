# Sourced by the scripts that build programs of others, from the Go modules that the go.mod beside each script names.
#
#   OUTRIDER_CACHE  where to keep them; ${XDG_CACHE_HOME:-$HOME/.cache}/outrider by default
set -euo pipefail

# A build started by cron or a container may have no HOME, and Go needs one for its own cache.
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
# A go.work above must not take part.
export GOWORK=off CGO_ENABLED=0

cache=${OUTRIDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outrider}

say() { printf '%s: %s\n' "$(basename "$PWD")" "$*" >&2; }

# The version of a module, without its v. Read without Go, which is not needed where the programs are already built.
version_of() { awk -v module="$1" '$1 == module { print substr($2, 2); exit }' go.mod; }

# Prints the folder of that name in the cache; where it is not there, `compile FOLDER` fills it first. It appears by a
# rename, so that it is either whole or absent, also after an interrupt and with two builds at once.
build_once() {
  target=$cache/$1
  if [[ ! -d $target ]]; then
    command -v go >/dev/null || { say 'Go 1.26 or later is needed on PATH'; exit 1; }
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.build.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    compile "$work" >&2
    # Somebody else's build may have been first: theirs is as good as ours.
    chmod 755 "$work"
    mv -T "$work" "$target" 2>/dev/null || [[ -d $target ]]
    say "built in ${SECONDS} s"
  fi
  echo "$target"
}
