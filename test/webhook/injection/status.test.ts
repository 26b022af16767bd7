import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { inject, pod, withAnnotations } from '../pods.ts';

const statusOf = (annotations: Readonly<Record<string, string>>, families: ('ipv4' | 'ipv6')[] = ['ipv4']) =>
  JSON.parse(
    inject(withAnnotations(annotations), { injector: { families } }).metadata.annotations[
      'outrider.io/status'
    ],
  );

describe('the status annotation', () => {
  it('holds the version, the digest of all settings as the pod has them, and the resources of the proxy', () => {
    const settings = [
      'outbound-port=15001',
      'inbound-port=15006',
      'ip-families=dual',
      'include-outbound-cidrs=*',
      'exclude-outbound-cidrs=10.0.0.0/8',
      'include-outbound-ports=',
      'exclude-outbound-ports=',
      'include-inbound-ports=*',
      'exclude-inbound-ports=',
      'exclude-inbound-cidrs=',
      'exclude-interfaces=',
      'virtual-interfaces=',
      'exclude-uids=',
      'exclude-gids=',
      'drop-invalid=false',
      'redirect-mode=redirect',
      'outbound-policy=allow-any',
      'allow-uncaptured-family=false',
      'proxy-uid=51337',
      'proxy-gid=',
      'inbound-protocol=',
      'allow-outbound-cidrs=',
      'allow-outbound-hosts=',
      'allow-unconfined-containers=false',
      'proxy-image=envoyproxy/envoy:distroless-v1.40.0',
      'proxy-log-level=warning',
      'access-log=off',
      'tracing-endpoint=',
      'tracing-sampling=1',
      'proxy-concurrency=',
      'proxy-cpu=100m',
      'proxy-cpu-limit=2',
      'proxy-memory=64Mi',
      'proxy-memory-limit=256Mi',
      'proxy-ephemeral-storage=',
      'proxy-ephemeral-storage-limit=',
      'drain-seconds=0',
      '',
    ].join('\n');
    const digest = createHash('sha256').update(settings).digest('hex');
    expect(statusOf({ 'outrider.io/exclude-outbound-cidrs': '10.9.9.9/8' }, ['ipv4', 'ipv6'])).to.deep.equal({
      version: '0.1.0',
      settings: `sha256:${digest}`,
      resources: { limits: { cpu: '2', memory: '256Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
    });
  });

  it('tells two settings apart, and two ways to write the same setting not', () => {
    const a = statusOf({ 'outrider.io/exclude-outbound-ports': '25,587' });
    const b = statusOf({ 'outrider.io/exclude-outbound-ports': ' 25 , 587-587 ' });
    const c = statusOf({ 'outrider.io/exclude-outbound-ports': '25' });
    expect(a).to.deep.equal(b);
    expect(a).not.to.deep.equal(c);
  });

  it('shows the uid that the pod got', () => {
    const clash = inject(pod({ spec: { securityContext: { runAsUser: 51337 } } }));
    const asked = inject(withAnnotations({ 'outrider.io/proxy-uid': '51338' }));
    expect(clash.metadata.annotations['outrider.io/status']).to.equal(
      asked.metadata.annotations['outrider.io/status'],
    );
  });
});
