import { expect } from 'chai';
import { injectText } from '../../../webhook/offline/inject-text.ts';
import { offline, problemsOf } from './corpus.ts';
import { podText } from './pod-text.ts';

/** Each is refused as a whole, with these very lines. */
const refusals: Readonly<Record<string, { readonly text: string; readonly problems: readonly string[] }>> = {
  'a key that is written twice': {
    text: podText('', '  hostIPC: true\n  "hostIPC": false\n'),
    problems: [
      'document 1 (line 1), Pod/shop: line 7: the key "hostIPC" is there already: remove one of them',
    ],
  },
  'all keys that are written twice': {
    text: podText('  name: more\n', '  a: 1\n  a: 2\n'),
    problems: [
      'document 1 (line 1), Pod/more: line 5: the key name is there already: remove one of them',
      'document 1 (line 1), Pod/more: line 8: the key a is there already: remove one of them',
    ],
  },
  'a tab in the indentation': {
    text: podText('', '\thostIPC: true\n'),
    problems: ['document 1 (line 1), Pod/shop: line 6: Tabs are not allowed as indentation'],
  },
  'a key that is a list': {
    text: podText('', '  [a]: b\n'),
    problems: ['document 1 (line 1), Pod/shop: a key is not a plain text: write the mapping with plain keys'],
  },
  'a spec that is used elsewhere': {
    text: `a: &spec\n  containers: [{name: a}]\n${podText().replace('spec:', 'b: *spec\nspec: &other')}c: *other\n`,
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
    text: podText('', '  <<: &base {initContainers: [{name: migrate}]}\n'),
    problems: ['document 1 (line 1), Pod/shop: spec.initContainers: comes by a merge key: write it out'],
  },
  'annotations that come by a merge key': {
    text: `${podText('  <<: {annotations: {a: b}}\n')}`,
    problems: ['document 1 (line 1), Pod/shop: metadata.annotations: comes by a merge key: write it out'],
  },
  'an alias of nothing': {
    text: podText('', '  initContainers: *none\n'),
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
      podText('  annotations: {outrider.io/proxy-cup: "1", outrider.io/proxy-uid: x}\n'),
      podText('  labels: {outrider.io/inject: perhaps}\n'),
      podText('', '  initContainers: [{name: outrider-init}]\n'),
      podText('  labels: {sidecar.istio.io/inject: "true"}\n'),
      podText('  labels: {a: 1}\n'),
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
    text: podText('  namespace: 7\n'),
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
    text: `${podText()}---\na: [\n---\n${podText('  namespace: 7\n')}`,
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
