# One image for the webhook, the command line and the init container. `make build` compiles the executables;
# `docker buildx build --platform linux/amd64,linux/arm64` takes those of each platform.
ARG BASE=debian:bookworm-slim
FROM ${BASE}

# outrider-init writes the rules with iptables or nft, and adds an address with ip; Node, inside outrider, needs
# libatomic1.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends iptables nftables iproute2 libatomic1 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*

# outrider-init ends before compiling its code would pay: without that, it takes a sixth less time.
ENV BUN_JSC_useBaselineJIT=0

ARG TARGETARCH
COPY dist/linux-${TARGETARCH}/ /usr/local/bin/

# The init container alone runs as root, and says so in its securityContext.
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/outrider"]
