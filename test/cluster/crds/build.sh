#!/usr/bin/env bash
# Fetches the custom resource definitions of cert-manager and of the Prometheus operator, where they are not here yet, and
# prints the folder that holds those that the chart makes objects of.
cd "$(dirname "${BASH_SOURCE[0]}")"
source ../go-programs.sh

manager=github.com/cert-manager/cert-manager
prometheus=github.com/prometheus-operator/prometheus-operator

compile() {
  say "fetching v$(version_of $manager) of cert-manager, v$(version_of $prometheus) of the operator"
  go mod download "$manager" "$prometheus"
  local modules
  modules=$(go env GOMODCACHE)
  cp "$modules/$manager@v$(version_of $manager)"/deploy/crds/cert-manager.io_{certificates,issuers}.yaml "$1"
  cp "$modules/$prometheus@v$(version_of $prometheus)/example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml" "$1"
}

build_once "crds-$(version_of $manager)-$(version_of $prometheus)"
