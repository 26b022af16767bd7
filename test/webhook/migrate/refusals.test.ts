import { expect } from 'chai';
import { deployment, refusal } from './migrated.ts';

describe('outrider migrate refuses', () => {
  it('values that Kuma would refuse, all at once', () => {
    const annotations = 'kuma.io/gateway: maybe, traffic.kuma.io/drop-invalid-packets: "1"';
    expect(refusal(deployment(`      annotations: {${annotations}}\n`))).to.deep.equal([
      'document 1 (line 1), Deployment/web: pod annotation kuma.io/gateway: "maybe" is not valid: expected enabled, disabled or builtin',
      'document 1 (line 1), Deployment/web: pod annotation traffic.kuma.io/drop-invalid-packets: "1" is not valid: expected one of enabled, true, yes, disabled, false, no',
    ]);
  });

  it('texts that nobody could read, all at once', () => {
    const text = deployment(`      annotations:
        traffic.sidecar.istio.io/excludeOutboundPorts: "http"
        sidecar.istio.io/interceptionMode: tproxy
        sidecar.istio.io/proxyCPU: "-1"
        proxy.istio.io/config: '{terminationDrainDuration: soon}'
        linkerd.io/inject: "true"
`);
    const where = 'document 1 (line 1), Deployment/web: pod annotation';
    expect(refusal(text)).to.deep.equal([
      `${where} traffic.sidecar.istio.io/excludeOutboundPorts: "http" is not valid: expected * or a list of ports from 1 to 65535 or ascending ranges such as 8000-8100`,
      `${where} sidecar.istio.io/interceptionMode: "tproxy" is not valid: expected one of REDIRECT, TPROXY, NONE`,
      `${where} sidecar.istio.io/proxyCPU: "-1" is not valid: expected a quantity greater than zero, such as 100m or 128Mi`,
      `${where} proxy.istio.io/config: "{terminationDrainDuration: soon}" is not valid: expected a duration such as 5s or 1m30s`,
      `${where} linkerd.io/inject: "true" is not valid: expected one of enabled, disabled, ingress`,
    ]);
  });

  it('two that contradict each other', () => {
    const text = deployment(
      '      annotations: {sidecar.istio.io/proxyCPU: "1", config.linkerd.io/proxy-cpu-request: "2"}\n',
    );
    expect(refusal(text)).to.deep.equal([
      'document 1 (line 1), Deployment/web: annotation config.linkerd.io/proxy-cpu-request: says outrider.io/proxy-cpu=2, and sidecar.istio.io/proxyCPU says 1: remove one of them',
    ]);
  });

  it('a sidecar that is in the file already, with the way out', () => {
    const injected = deployment('', '        - name: istio-proxy\n          image: proxyv2\n');
    const declared = deployment('', '        - name: istio-proxy\n          image: auto\n');
    const linkerd = deployment('', '      initContainers: [{name: linkerd-init}, {name: linkerd-proxy}]\n');
    const where = 'document 1 (line 1), Deployment/web: spec';
    expect(refusal(injected)).to.deep.equal([
      `${where}.containers: the container istio-proxy is Istio's: take the file from before istioctl kube-inject, or remove the container`,
    ]);
    expect(refusal(declared)).to.deep.equal([
      `${where}.containers: the container istio-proxy is Istio's: what it says of the proxy goes into a container outrider-proxy (docs/overriding-the-proxy.md)`,
    ]);
    expect(refusal(linkerd)).to.deep.equal([
      `${where}.initContainers: the container linkerd-init is Linkerd's: run linkerd uninject first, or remove the container`,
      `${where}.initContainers: the container linkerd-proxy is Linkerd's: run linkerd uninject first, or remove the container`,
    ]);
  });

  it('a label by which a workload selects its pods', () => {
    const text = deployment('        sidecar.istio.io/inject: "true"\n').replace(
      '{app: web}',
      '{app: web, sidecar.istio.io/inject: "true"}',
    );
    expect(refusal(text)).to.deep.equal([
      'document 1 (line 1), Deployment/web: spec.selector: selects by the label sidecar.istio.io/inject, which goes: remove it there, and make the object anew',
    ]);
  });

  it('annotations that are used elsewhere in the file, too', () => {
    const text = deployment('      annotations: &ours {sidecar.istio.io/logLevel: info}\n', 'other: *ours\n');
    expect(refusal(text)).to.deep.equal([
      'document 1 (line 1), Deployment/web: spec.template.metadata.annotations: its anchor &ours is used elsewhere, where the change would land too: write out what the aliases stand for',
    ]);
  });
});
