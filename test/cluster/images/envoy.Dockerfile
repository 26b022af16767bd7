# Envoy's own program in the shape of Envoy's own distroless image: no shell, no package, user and entry point
# as there. Only glibc comes from Debian.
ARG BASE
FROM ${BASE} AS debian
COPY --chmod=755 envoy /envoy
# The libraries and the loader that the program names, by the paths under which it looks for them.
RUN mkdir -p /image/etc /image/home/nonroot \
 && install -d -m 1777 /image/tmp \
 && cp --dereference --parents $(ldd /envoy | grep -o '/[^ ]*') /image \
 && printf '%s\n' root:x:0:0:root:/root:/sbin/nologin nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin \
    > /image/etc/passwd

FROM scratch
COPY --from=debian /image /
COPY --chmod=755 envoy /usr/local/bin/envoy
EXPOSE 10000
USER 65532
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "/etc/envoy/envoy.yaml"]
