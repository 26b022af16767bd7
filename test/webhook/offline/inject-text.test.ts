import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseTemplatePath, podHolders } from '../../../webhook/admission/pod-holders.ts';
import { type InjectInput, injectText } from '../../../webhook/offline/inject-text.ts';
import { readConfig } from '../../../webhook/offline/read-config.ts';
import type { AnyPod } from '../pods.ts';
import { injected, offline, podsIn, uninjected } from './corpus.ts';
import { podText } from './pod-text.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The golden text with the three long texts in it, which are golden elsewhere. */
function golden(path: string): string {
  const pod = JSON.parse(read('../injection/golden/simple-pod.injected.json'));
  const [{ value: rules }] = pod.spec.initContainers[1].env;
  const bootstrap = JSON.stringify(JSON.parse(read('../../proxy/golden/ipv4.json')));
  return read(path)
    .replace('{status}', pod.metadata.annotations['outrider.io/status'])
    .replace('{rules}', rules)
    .replace('{bootstrap}', bootstrap.replaceAll('$', '$$$$'));
}

function notesOf(text: string, input: Partial<InjectInput> = {}): readonly string[] {
  const result = injectText(text, { ...offline, ...input });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.notes;
}

describe('offline injection', () => {
  it('of a deployment gives the golden text, and the way back the text before', () => {
    expect(injected(read('golden/deployment.yaml'))).to.equal(golden('golden/deployment.injected.yaml'));
    expect(uninjected(golden('golden/deployment.injected.yaml'))).to.equal(read('golden/deployment.yaml'));
  });

  it('takes the proxy of the author out of its place, and brings it back there', () => {
    const text = podText().replace(
      'name: shop\n      image',
      'name: shop\n    - {name: outrider-proxy, image:   auto}\n    - name: more\n      image',
    );
    const once = injected(text);
    expect(podsIn(once)[0].spec.containers.map(({ name }: AnyPod) => name)).to.deep.equal(['shop', 'more']);
    expect(once).to.include(
      `outrider.io/original: '{"/spec/containers/1":"    - {name: outrider-proxy, image:   auto}\\n"}'`,
    );
    expect(uninjected(once)).to.equal(text);
  });

  it('says of each object what became of it', () => {
    const text = `${podText()}---\n${podText('  labels: {outrider.io/inject: "false"}\n')}---\nkind: Service\n---\n- 1\n`;
    expect(notesOf(text)).to.deep.equal([
      'document 1 (line 1), Pod/shop: injected',
      'document 2 (line 10), Pod/shop: skipped (pod-label-false): unchanged',
      'document 3 (line 20), Service: holds no pod: unchanged',
      'document 4 (line 22): holds no pod: unchanged',
    ]);
  });

  it('says of what is injected already that it is', () => {
    expect(notesOf(injected(podText()))).to.deep.equal([
      'document 1 (line 1), Pod/shop: injected already: unchanged',
    ]);
  });

  it('follows a setting that has changed since, and is still taken back to the byte', () => {
    const once = injected(podText('  annotations:\n    outrider.io/proxy-cpu: 50m\n'));
    const twice = injected(once.replace('proxy-cpu: 50m', 'proxy-cpu: 70m'));
    expect(podsIn(twice)[0].spec.initContainers[0].resources.requests.cpu).to.equal('70m');
    expect(uninjected(twice)).to.equal(podText('  annotations:\n    outrider.io/proxy-cpu: 70m\n'));
  });

  it('skips what the webhook would not see', () => {
    const skipped = (text: string, input = {}): unknown => {
      const result = injectText(text, { ...offline, ...input });
      return result.ok && result.text === text && result.notes;
    };
    expect(skipped(podText('', '  hostNetwork: true\n'))).to.deep.equal([
      'document 1 (line 1), Pod/shop: skipped (host-network): unchanged',
    ]);
    expect(skipped(podText('  namespace: kube-system\n'))).to.deep.equal([
      'document 1 (line 1), Pod/shop: skipped (system-namespace): unchanged',
    ]);
    expect(skipped(podText(), { namespace: 'outrider-system' })).to.deep.equal([
      'document 1 (line 1), Pod/shop: skipped (own-namespace): unchanged',
    ]);
  });

  it('leaves the veto to a namespace of the file', () => {
    const namespace =
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    outrider.io/injection: disabled\n';
    expect(notesOf(`${podText('  namespace: shop\n')}---\n${namespace}`)[0]).to.equal(
      'document 1 (line 1), Pod/shop: skipped (namespace-disabled): unchanged',
    );
    expect(notesOf(`${podText()}---\n${namespace}`)[0]).to.equal('document 1 (line 1), Pod/shop: injected');
  });

  it("takes the settings of the pod's namespace, from wherever in the file", () => {
    const namespace =
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  annotations: {outrider.io/proxy-cpu: 70m}\n';
    const [only] = podsIn(injected(`${podText()}---\n${namespace}`));
    expect(only.spec.initContainers[0].resources.requests.cpu).to.equal('70m');
  });

  it('takes the settings of the whole cluster, and says what has no effect', () => {
    const read = readConfig('proxy-log-level: debug\n');
    if (!read.ok) throw new Error(read.problems.join());
    const input = { ...offline, injector: { ...offline.injector, config: read.config } };
    const result = injectText(
      podText('  annotations:\n    outrider.io/exclude-outbound-cidrs: fd00::/8\n'),
      input,
    );
    expect(result.ok && result.notes).to.deep.equal([
      'document 1 (line 1), Pod/shop: injected',
      'document 1 (line 1), Pod/shop: warning: pod annotation outrider.io/exclude-outbound-cidrs: fd00::/8 has no effect: ipv6 is not captured',
    ]);
    expect(result.ok && result.text).to.include('- debug\n');
  });

  it('warns of what Pod Security will say in the namespace of the file', () => {
    const labels = '{pod-security.kubernetes.io/enforce: baseline}';
    const namespace = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  labels: ${labels}\n`;
    expect(notesOf(`${podText()}---\n${namespace}`)[1]).to.equal(
      'document 1 (line 1), Pod/shop: warning: namespace default: Pod Security "baseline" refuses container outrider-init for NET_ADMIN, NET_RAW: label it pod-security.kubernetes.io/enforce=privileged, or the pod outrider.io/inject=false',
    );
  });

  it('covers the families that it is told', () => {
    const result = injectText(podText(), {
      ...offline,
      injector: { ...offline.injector, families: ['ipv4', 'ipv6'] },
    });
    expect(result.ok && result.text).to.include('"ip-families":"dual"');
  });

  it('finds the template of a kind that it is told of', () => {
    const text = podText().replace(
      'apiVersion: v1\nkind: Pod',
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout',
    );
    const rollout = text.replace(
      /^spec:\n((?: .*\n)+)/m,
      (_, rest: string) => `spec:\n  template:\n    spec:\n${rest.replace(/^/gm, '    ').trimEnd()}\n`,
    );
    expect(notesOf(rollout)).to.deep.equal(['document 1 (line 1), Rollout/shop: holds no pod: unchanged']);
    const holder = parseTemplatePath('Rollout=.spec.template');
    if (holder === undefined) throw new Error('expected a path');
    const holders = [holder, ...podHolders];
    expect(notesOf(rollout, { holders })).to.deep.equal(['document 1 (line 1), Rollout/shop: injected']);
  });

  it('does not take a workload of another group for one of Kubernetes', () => {
    const text = podText().replace('apiVersion: v1', 'apiVersion: example.com/v1');
    expect(notesOf(text)).to.deep.equal(['document 1 (line 1), Pod/shop: holds no pod: unchanged']);
  });
});
