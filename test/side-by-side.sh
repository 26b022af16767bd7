#!/usr/bin/env bash
# Runs a command for each of the files on standard input, some at a time and in their order, each in a process of its
# own. Shows what each printed once it has ended, and in the end which of them failed, or how long all took.
# Usage: side-by-side.sh AT_A_TIME COMMAND...
set -euo pipefail
at_a_time=$1
shift
failed=$(mktemp)
trap 'rm -f "$failed"' EXIT

one() {
  local started=$SECONDS status=0 output
  output=$("$@" 2>&1) || status=$?
  [ "$status" -eq 0 ] || echo "${!#}" >>"$failed"
  # The lock is on the list, since two that end at once must not print at once.
  flock "$failed" printf '%s\n(%s: %d s)\n' "$output" "${!#}" $((SECONDS - started))
}
export -f one
export failed

SECONDS=0
xargs -I FILE -P "$at_a_time" bash -c 'one "$@"' bash "$@" FILE
if [ -s "$failed" ]; then
  printf 'failed: %s\n' $(<"$failed") >&2
  exit 1
fi
echo "all passed, in $SECONDS s"
