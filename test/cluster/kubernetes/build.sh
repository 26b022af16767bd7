#!/usr/bin/env bash
# Builds the programs of a Kubernetes node from source, where they are not yet, and prints the folder that holds them.
# Usage: build.sh [kubectl]: with that word nothing but kubectl, for who has a node.
cd "$(dirname "${BASH_SOURCE[0]}")"
source ../go-programs.sh

version=$(version_of k8s.io/kubernetes)

compile() {
  say "fetching the sources of v$version"
  go mod download -x 2>&1 | awk '/\.zip: 200/ { if (++n % 50 == 0) print "kubernetes: " n " modules fetched" }'

  # Without these stamps the programs call themselves v0.0.0, and kubectl then warns of a version skew. All other
  # stamps (commit, date) stay out: the same sources give the same bytes.
  local major minor total stamp=k8s.io/component-base/version
  IFS=. read -r major minor _ <<<"$version"
  local ldflags="-s -w -X $stamp.gitVersion=v$version -X $stamp.gitMajor=$major -X $stamp.gitMinor=$minor"
  ldflags+=" -X $stamp.gitTreeState=clean"

  total=$(go list -deps "$packages" | wc -l)
  say "compiling up to $total packages, at most 4 minutes on two cores when Go's cache is cold"
  # One invocation for all six: most packages are shared, and the linkers overlap with the compilers.
  go build -v -trimpath -ldflags "$ldflags" -o "$1/" "$packages" 2>&1 |
    awk -v total="$total" '
      /^[[:alnum:]._~\/-]+$/ { if (++n % 100 == 0) print "kubernetes: " n " of " total " packages"; fflush(); next }
      { print }'
}

all=kubernetes-$version
case ${1:-} in
'') packages=tool && build_once "$all" ;;
kubectl)
  packages=k8s.io/kubernetes/cmd/kubectl
  if [[ -d $cache/$all ]]; then build_once "$all"; else build_once "kubectl-$version"; fi
  ;;
*) say "unknown program $1: expected kubectl, or none for all of them" && exit 2 ;;
esac
