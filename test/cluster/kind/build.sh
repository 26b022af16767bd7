#!/usr/bin/env bash
# Builds kind from source, where it is not yet, and prints the folder that holds it.
cd "$(dirname "${BASH_SOURCE[0]}")"
source ../go-programs.sh

version=$(version_of sigs.k8s.io/kind)

compile() {
  say "compiling v$version, seconds"
  go build -trimpath -ldflags '-s -w' -o "$1/" sigs.k8s.io/kind
}

build_once "kind-$version"
