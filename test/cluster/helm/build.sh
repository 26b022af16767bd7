#!/usr/bin/env bash
# Builds helm3 and helm4 from source, where they are not yet, and prints the folder that holds them.
cd "$(dirname "${BASH_SOURCE[0]}")"
source ../go-programs.sh

v3=$(version_of helm.sh/helm/v3)
v4=$(version_of helm.sh/helm/v4)

# Helm 3 takes the version of Kubernetes that `helm template` assumes from a stamp, Helm 4 from its modules: v0.37.1 of
# client-go is of Kubernetes 1.37.
compile() {
  local minor package stamps3="-X helm.sh/helm/v3/internal/version.version=v$v3"
  IFS=. read -r _ minor _ <<<"$(version_of k8s.io/client-go)"
  for package in pkg/chartutil pkg/lint/rules; do
    stamps3+=" -X helm.sh/helm/v3/$package.k8sVersionMajor=1 -X helm.sh/helm/v3/$package.k8sVersionMinor=$minor"
  done
  local stamps4="-X helm.sh/helm/v4/internal/version.version=v$v4"
  say "compiling v$v4 and v$v3, about 4 minutes on two cores when Go's cache is cold"
  go build -trimpath -ldflags "-s -w $stamps4" -o "$1/helm4" helm.sh/helm/v4/cmd/helm
  go build -trimpath -ldflags "-s -w $stamps3" -o "$1/helm3" helm.sh/helm/v3/cmd/helm
}

build_once "helm-$v3-$v4"
