import { expect } from 'chai';
import { defaults } from '../../../settings/settings.ts';
import { noConfig, parseConfig } from '../../../webhook/decision/config.ts';
import { type AnyPod, byName, denial, inject, pod, withAnnotations } from '../pods.ts';

const config = (data: Record<string, string>) => {
  const parsed = parseConfig(data);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return { config: parsed.config };
};

const requestsOf = (injected: AnyPod): object =>
  byName(injected.spec.initContainers, 'outrider-proxy').resources.requests;

describe('the configuration of the cluster', () => {
  it('has the settings by their names, without a prefix', () => {
    const parsed = parseConfig({ 'proxy-cpu': '50m', 'exclude-outbound-ports': '25' });
    expect(parsed).to.deep.include({
      ok: true,
      config: {
        layer: {
          source: 'ConfigMap outrider-config',
          values: [
            { key: 'proxy-cpu', name: 'proxy-cpu', text: '50m' },
            { key: 'exclude-outbound-ports', name: 'exclude-outbound-ports', text: '25' },
          ],
        },
        enforced: { by: 'ConfigMap outrider-config', keys: [] },
      },
    });
  });

  it('may be empty, which is the same as absent', () => {
    expect(parseConfig({})).to.deep.equal({
      ok: true,
      config: noConfig,
      settings: defaults,
      ignored: [],
    });
  });

  it('is refused as a whole, with the key, the value and the remedy of all that is wrong', () => {
    expect(
      parseConfig({
        'proxy-cpu': '50m',
        'proxy-memory': 'lots',
        'proxy-cpus': '1',
        'outrider.io/proxy-cpu': '1',
        'inbound-port': '80',
      }),
    ).to.deep.equal({
      ok: false,
      problems: [
        'ConfigMap outrider-config proxy-memory: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
        'ConfigMap outrider-config proxy-cpus: "1" is not valid: expected a known setting: did you mean proxy-cpu?',
        'ConfigMap outrider-config outrider.io/proxy-cpu: "1" is not valid: expected a known setting: did you mean proxy-cpu?',
        'ConfigMap outrider-config inbound-port: "80" is not valid: expected a known setting: did you mean inbound-protocol?',
      ],
    });
  });

  it('is refused where it gives the one proxy of a pod more than one user: every pod would be', () => {
    expect(parseConfig({ 'proxy-uid': '2000,2001' })).to.deep.equal({
      ok: false,
      problems: [
        'ConfigMap outrider-config proxy-uid: "2000,2001" is not valid: expected one user id: a pod has one proxy',
      ],
    });
  });

  it('is refused where its values contradict each other, or the defaults', () => {
    expect(parseConfig({ 'proxy-memory': '1Gi' })).to.deep.equal({
      ok: false,
      problems: [
        'ConfigMap outrider-config proxy-memory: "1Gi" is not valid: expected a memory request (1Gi) not above the limit (256Mi by default)',
      ],
    });
  });

  it('is the default of all pods, field by field, below the namespace and the pod', () => {
    const injector = config({ 'proxy-cpu': '50m', 'proxy-memory': '32Mi' });
    expect(requestsOf(inject(pod(), { injector }))).to.deep.equal({ cpu: '50m', memory: '32Mi' });
    const annotations = { 'outrider.io/proxy-cpu': '60m' };
    expect(requestsOf(inject(pod(), { injector, annotations }))).to.deep.equal({
      cpu: '60m',
      memory: '32Mi',
    });
    const own = withAnnotations({ 'outrider.io/proxy-cpu': '70m' });
    expect(requestsOf(inject(own, { injector, annotations }))).to.deep.equal({ cpu: '70m', memory: '32Mi' });
  });

  it('is in the digest that the status annotation shows, as if the pod had said the same', () => {
    const status = (injected: AnyPod): string => injected.metadata.annotations['outrider.io/status'];
    const configured = status(inject(pod(), { injector: config({ 'proxy-cpu': '50m' }) }));
    expect(configured).to.equal(status(inject(withAnnotations({ 'outrider.io/proxy-cpu': '50m' }))));
    expect(configured).not.to.equal(status(inject(pod())));
  });

  it('is named where a pod does not go together with it', () => {
    const object = withAnnotations({ 'outrider.io/proxy-memory-limit': '100Mi' });
    expect(denial(object, { injector: config({ 'proxy-memory': '200Mi' }) })).to.equal(
      'outrider: pod annotation outrider.io/proxy-memory-limit: "100Mi" is not valid: expected a memory request (200Mi of ConfigMap outrider-config proxy-memory) not above the limit (100Mi)',
    );
  });
});
