import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseTemplatePath, podHolders } from '../../../webhook/admission/pod-holders.ts';
import { type InjectInput, injectText } from '../../../webhook/offline/inject-text.ts';
import { readConfig } from '../../../webhook/offline/read-config.ts';
import type { AnyPod } from '../pods.ts';
import { injected, offline, podsIn, problemsOf, uninjected } from './corpus.ts';

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

const pod = (metadata = '', spec = ''): string => `apiVersion: v1
kind: Pod
metadata:
  name: shop
${metadata}spec:
${spec}  containers:
    - name: shop
      image: shop:1
`;

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
    const text = pod().replace(
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
    const text = `${pod()}---\n${pod('  labels: {outrider.io/inject: "false"}\n')}---\nkind: Service\n---\n- 1\n`;
    expect(notesOf(text)).to.deep.equal([
      'document 1 (line 1), Pod/shop: injected',
      'document 2 (line 10), Pod/shop: skipped (pod-label-false): unchanged',
      'document 3 (line 20), Service: holds no pod: unchanged',
      'document 4 (line 22): holds no pod: unchanged',
    ]);
  });

  it('says of what is injected already that it is', () => {
    expect(notesOf(injected(pod()))).to.deep.equal([
      'document 1 (line 1), Pod/shop: injected already: unchanged',
    ]);
  });

  it('follows a setting that has changed since, and is still taken back to the byte', () => {
    const once = injected(pod('  annotations:\n    outrider.io/proxy-cpu: 50m\n'));
    const twice = injected(once.replace('proxy-cpu: 50m', 'proxy-cpu: 70m'));
    expect(podsIn(twice)[0].spec.initContainers[0].resources.requests.cpu).to.equal('70m');
    expect(uninjected(twice)).to.equal(pod('  annotations:\n    outrider.io/proxy-cpu: 70m\n'));
  });

  it('skips what the webhook would not see', () => {
    const skipped = (text: string, input = {}): unknown => {
      const result = injectText(text, { ...offline, ...input });
      return result.ok && result.text === text && result.notes;
    };
    expect(skipped(pod('', '  hostNetwork: true\n'))).to.deep.equal([
      'document 1 (line 1), Pod/shop: skipped (host-network): unchanged',
    ]);
    expect(skipped(pod('  namespace: kube-system\n'))).to.deep.equal([
      'document 1 (line 1), Pod/shop: skipped (system-namespace): unchanged',
    ]);
    expect(skipped(pod(), { namespace: 'outrider-system' })).to.deep.equal([
      'document 1 (line 1), Pod/shop: skipped (own-namespace): unchanged',
    ]);
  });

  it('leaves the veto to a namespace of the file', () => {
    const namespace =
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    outrider.io/injection: disabled\n';
    expect(notesOf(`${pod('  namespace: shop\n')}---\n${namespace}`)[0]).to.equal(
      'document 1 (line 1), Pod/shop: skipped (namespace-disabled): unchanged',
    );
    expect(notesOf(`${pod()}---\n${namespace}`)[0]).to.equal('document 1 (line 1), Pod/shop: injected');
  });

  it("takes the settings of the pod's namespace, from wherever in the file", () => {
    const namespace =
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  annotations: {outrider.io/proxy-cpu: 70m}\n';
    const [only] = podsIn(injected(`${pod()}---\n${namespace}`));
    expect(only.spec.initContainers[0].resources.requests.cpu).to.equal('70m');
  });

  it('takes the settings of the whole cluster, and says what has no effect', () => {
    const read = readConfig('proxy-log-level: debug\n');
    if (!read.ok) throw new Error(read.problems.join());
    const input = { ...offline, injector: { ...offline.injector, config: read.config } };
    const result = injectText(
      pod('  annotations:\n    outrider.io/exclude-outbound-cidrs: fd00::/8\n'),
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
    expect(notesOf(`${pod()}---\n${namespace}`)[1]).to.equal(
      'document 1 (line 1), Pod/shop: warning: namespace default: Pod Security "baseline" refuses container outrider-init for NET_ADMIN, NET_RAW: label it pod-security.kubernetes.io/enforce=privileged, or the pod outrider.io/inject=false',
    );
  });

  it('covers the families that it is told', () => {
    const result = injectText(pod(), {
      ...offline,
      injector: { ...offline.injector, families: ['ipv4', 'ipv6'] },
    });
    expect(result.ok && result.text).to.include('"ip-families":"dual"');
  });

  it('finds the template of a kind that it is told of', () => {
    const text = pod().replace(
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
    const text = pod().replace('apiVersion: v1', 'apiVersion: example.com/v1');
    expect(notesOf(text)).to.deep.equal(['document 1 (line 1), Pod/shop: holds no pod: unchanged']);
  });
});

/** Each is refused as a whole, with these very lines. */
const refusals: Readonly<Record<string, { readonly text: string; readonly problems: readonly string[] }>> = {
  'a key that is written twice': {
    text: pod('', '  hostIPC: true\n  "hostIPC": false\n'),
    problems: [
      'document 1 (line 1), Pod/shop: line 7: the key "hostIPC" is there already: remove one of them',
    ],
  },
  'all keys that are written twice': {
    text: pod('  name: more\n', '  a: 1\n  a: 2\n'),
    problems: [
      'document 1 (line 1), Pod/more: line 5: the key name is there already: remove one of them',
      'document 1 (line 1), Pod/more: line 8: the key a is there already: remove one of them',
    ],
  },
  'a tab in the indentation': {
    text: pod('', '\thostIPC: true\n'),
    problems: ['document 1 (line 1), Pod/shop: line 6: Tabs are not allowed as indentation'],
  },
  'a key that is a list': {
    text: pod('', '  [a]: b\n'),
    problems: ['document 1 (line 1), Pod/shop: a key is not a plain text: write the mapping with plain keys'],
  },
  'a spec that is used elsewhere': {
    text: `a: &spec\n  containers: [{name: a}]\n${pod().replace('spec:', 'b: *spec\nspec: &other')}c: *other\n`,
    problems: [
      'document 1 (line 1), Pod/shop: spec: its anchor &other is used elsewhere, where the change would land too: write out what the aliases stand for',
    ],
  },
  'a spec that is an alias': {
    text: 'apiVersion: v1\nx: &spec\n  containers: [{name: a}]\nkind: Pod\nmetadata: {name: shop}\nspec: *spec\n',
    problems: ['document 1 (line 1), Pod/shop: spec: is the alias *spec: write out what it stands for'],
  },
  'a template that is an alias': {
    text: `apiVersion: v1
kind: List
x: &template
  spec: {containers: [{name: a}]}
items:
  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: one}, spec: {template: *template}}
`,
    problems: [
      'document 1 (line 1), items[0], Deployment/one: items[0].spec.template: is the alias *template: write out what it stands for',
    ],
  },
  'a list that comes by a merge key': {
    text: pod('', '  <<: &base {initContainers: [{name: migrate}]}\n'),
    problems: ['document 1 (line 1), Pod/shop: spec.initContainers: comes by a merge key: write it out'],
  },
  'annotations that come by a merge key': {
    text: `${pod('  <<: {annotations: {a: b}}\n')}`,
    problems: ['document 1 (line 1), Pod/shop: metadata.annotations: comes by a merge key: write it out'],
  },
  'an alias of nothing': {
    text: pod('', '  initContainers: *none\n'),
    problems: ['document 1 (line 1): Unresolved alias (the anchor must be set before the alias): none'],
  },
  'keys that are marked as such': {
    text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  ? name\n  : shop\nspec:\n  containers: [{name: a}]\n',
    problems: [
      'document 1 (line 1), Pod/shop: is written in a way in which it cannot be changed: write it in plain block style',
    ],
  },
  'what the webhook would deny, in all documents at once': {
    text: [
      pod('  annotations: {outrider.io/proxy-cup: "1", outrider.io/proxy-uid: x}\n'),
      pod('  labels: {outrider.io/inject: perhaps}\n'),
      pod('', '  initContainers: [{name: outrider-init}]\n'),
      pod('  labels: {sidecar.istio.io/inject: "true"}\n'),
      pod('  labels: {a: 1}\n'),
    ].join('---\n'),
    problems: [
      'document 1 (line 1), Pod/shop: pod annotation outrider.io/proxy-cup: "1" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?',
      'document 1 (line 1), Pod/shop: pod annotation outrider.io/proxy-uid: "x" is not valid: expected a numeric user id from 1 to 4294967294',
      'document 2 (line 11), Pod/shop: label outrider.io/inject: "perhaps" is not valid: expected true or false',
      'document 3 (line 21), Pod/shop: container outrider-init: the name is reserved; choose another',
      "document 4 (line 31), Pod/shop: the pod asks for Istio's sidecar with sidecar.istio.io/inject=true: remove it, or label the pod outrider.io/inject=false",
      'document 5 (line 41), Pod/shop: metadata.labels[a]: 1 is not valid: expected a string: put it in quotes',
    ],
  },
  'a workload without a template': {
    text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec: {}\n',
    problems: [
      'document 1 (line 1), Deployment/shop: spec.template: expected an object, the template of its pods: write it',
    ],
  },
  'a namespace that is no text': {
    text: pod('  namespace: 7\n'),
    problems: ['document 1 (line 1), Pod/shop: metadata.namespace: 7 is not valid: expected a string'],
  },
  'a Namespace without a name, with values that are no texts': {
    text: 'apiVersion: v1\nkind: Namespace\nmetadata:\n  labels: {a: true}\n  annotations: {outrider.io/proxy-cpu: 1}\n',
    problems: [
      'document 1 (line 1), Namespace: metadata.name: expected a string',
      'document 1 (line 1), Namespace: metadata.labels[a]: true is not valid: expected a string: put it in quotes',
      'document 1 (line 1), Namespace: metadata.annotations[outrider.io/proxy-cpu]: 1 is not valid: expected a string: put it in quotes',
    ],
  },
  'a key that is written twice in the second of two JSON objects': {
    text: '{"apiVersion": "v1"}\n{\n"kind": "Pod",\n"a": 1,\n"a": 2}\n',
    problems: ['document 2 (line 2), Pod: line 5: the key "a" is there already: remove one of them'],
  },
  'documents beside one that cannot be read': {
    text: `${pod()}---\na: [\n---\n${pod('  namespace: 7\n')}`,
    problems: [
      'document 2 (line 10): line 11: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'document 3 (line 12), Pod/shop: metadata.namespace: 7 is not valid: expected a string',
    ],
  },
};

describe('offline injection refuses', () => {
  for (const [what, { text, problems }] of Object.entries(refusals)) {
    it(what, () => {
      expect(problemsOf(injectText(text, offline))).to.deep.equal(problems);
    });
  }
});
