// Custom resource definitions, which these modules hold as files. Nothing of them is compiled.
module outrider.io/test/cluster/crds

go 1.25.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
