SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export OUTRIDER_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/outrider
export ENVOY := $(OUTRIDER_CACHE)/envoy-1.40.0/envoy

NODE := node_modules/.bin/node
BUN := node_modules/.bin/bun
MOCHA := $(NODE) node_modules/mocha/bin/mocha.js
# They wait more than they work: four at a time on two cores. The longest are among the first.
SIDE_BY_SIDE = test/side-by-side.sh 4 env $$(sed -n 's/^ENV //p' Dockerfile) $(MOCHA) --timeout 60000
UNIT := settings webhook proxy init architecture charts

.PHONY: help demo build build-arm64 check test test-unit test-net test-trials test-cluster bench bench-init bench-webhook \
	bench-proxy bench-start bench-tuning soak clean modules net-tools cluster-tools helm-tools docs bench-status bench-auditor \
	bench-upgrade

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build net-tools ## inject a pod and run it (CLUSTER=local or kind: on a cluster)
	@if [ -n "$${CLUSTER:-}" ]; then $(MAKE) --no-print-directory cluster-tools; fi
	@$(NODE) test/demo/main.ts

build: modules ## compile dist/outrider and dist/outrider-init
	@tools/executables.sh

build-arm64: modules ## compile dist/linux-arm64/, for the image of that platform
	@tools/executables.sh arm64

check: modules ## types, lint, dead code
	@node_modules/.bin/tsc
	@node_modules/.bin/biome check --error-on-warnings .
	@$(NODE) node_modules/knip/bin/knip.js

docs: modules ## write what lists the settings, which the unit tests compare with them: a document, and ConfigMaps
	@$(NODE) tools/settings-reference/write.ts
	@$(NODE) tools/published-settings/write.ts

test: check test-unit test-net test-trials test-cluster ## all of the tests

test-unit: modules ## pure functions, and the server over TLS: seconds
	@$(MOCHA) $(UNIT:%='test/%/**/*.test.ts')

test-net: build net-tools ## real rules and the real Envoy in network namespaces: two to three minutes
	@tools/debian.sh test/net/prometheus-packages.txt
	@ls -r test/net/*.test.ts | $(SIDE_BY_SIDE)

test-trials: build net-tools ## the same under attacks and faults, and with programs of others: three to four minutes
	@tools/debian.sh test/net/peers/debian-packages.txt
	@printf '%s\n' test/net/{faults,attacks,peers}/*.test.ts | $(SIDE_BY_SIDE)

test-cluster: build net-tools cluster-tools helm-tools ## a real Kubernetes node, or kind (CLUSTER=kind)
	@$(MOCHA) --timeout 120000 'test/cluster/**/*.test.ts'

bench: bench-init bench-webhook bench-proxy bench-start ## all measurements

bench-init: build net-tools ## measure the init tool, beside Linkerd's
	@tools/debian.sh test/bench/debian-packages.txt
	@test/bench/peer/build.sh
	@$(NODE) test/bench/init.ts

bench-webhook: build ## measure the webhook, beside a bare express server
	@tools/debian.sh test/bench/debian-packages.txt
	@$(NODE) test/bench/webhook.ts

bench-proxy: build net-tools ## measure a hop through the proxy, beside HAProxy and an Envoy that sniffs
	@tools/debian.sh test/bench/debian-packages.txt
	@$(NODE) test/bench/proxy.ts

bench-tuning: build net-tools ## measure what changes to the proxy would save
	@tools/debian.sh test/bench/debian-packages.txt
	@$(NODE) test/bench/tuning.ts

bench-start: build net-tools cluster-tools ## measure what a sidecar adds to the start of a pod, on a real node
	@$(NODE) test/bench/start.ts

bench-status: build net-tools cluster-tools ## measure outrider status with a thousand pods, on a real node
	@$(NODE) test/bench/status.ts

bench-auditor: modules ## measure what the auditor keeps of ten thousand pods
	@$(NODE) --expose-gc test/bench/auditor.ts

bench-upgrade: build net-tools cluster-tools helm-tools ## measure what upgrades and rollbacks do to pods, on a real node
	@$(NODE) test/bench/upgrade.ts

soak: build net-tools cluster-tools ## ten minutes in which things break, on a real node
	@$(NODE) test/soak/run.ts

clean: ## remove what was made here; the cache folder stays
	@rm -rf dist node_modules proxy/envoy-api.ts webhook/installation/rendered.ts

# Stages: each is skipped when it is already done.

modules:
	@tools/debian.sh tools/debian-packages.txt
	@tools/node-modules.sh
	@$(MAKE) -s --no-print-directory proxy/envoy-api.ts webhook/installation/rendered.ts

proxy/envoy-api.ts: tools/envoy-api.ts package-lock.json
	@$(NODE) $<

webhook/installation/rendered.ts: tools/manifests.ts $(shell find manifests -name '*.yaml')
	@$(NODE) $<

net-tools: modules
	@tools/debian.sh test/net/debian-packages.txt
	@tools/envoy.sh

# kind fetches its own Kubernetes, and builds its few programs when it is raised.
cluster-tools: modules
	@if [ "$${CLUSTER:-$$([ "$$(id -u)" = 0 ] || echo kind)}" != kind ]; then \
	tools/debian.sh test/cluster/debian-packages.txt; \
	test/cluster/kubernetes/build.sh >/dev/null; \
	fi

helm-tools:
	@test/cluster/helm/build.sh >/dev/null
	@test/cluster/crds/build.sh >/dev/null
