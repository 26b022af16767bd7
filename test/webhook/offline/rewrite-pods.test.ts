import { expect } from 'chai';
import { podHolders } from '../../../webhook/admission/pod-holders.ts';
import { rewritePods } from '../../../webhook/offline/rewrite-pods.ts';
import type { AnyPod } from '../pods.ts';

/** The text after one container, one volume and one annotation have come into its pod. */
function rewritten(text: string): string {
  const result = rewritePods(text, podHolders, ({ json }) => {
    const { metadata, spec }: AnyPod = json;
    const pod = {
      ...json,
      metadata: { ...metadata, annotations: { ...metadata?.annotations, new: 'yes' } },
      spec: {
        ...spec,
        initContainers: [{ name: 'new', args: ['a'] }, ...(spec.initContainers ?? [])],
        volumes: [...(spec.volumes ?? []), { name: 'new', emptyDir: { medium: 'Memory' } }],
      },
    };
    return { kind: 'change', json: pod, notes: ['changed'], wayBack: { base: json, undone: json } };
  });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.text;
}

/** By what is special about it: a text and what comes of it. */
const texts: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'lists that are indented by two': [
    `kind: Pod
apiVersion: v1
metadata:
  annotations: {a: b}
spec:
  initContainers:
    # first
    - name: old
  volumes:
    - name: old # last
    # end
`,
    `kind: Pod
apiVersion: v1
metadata:
  annotations: {a: b, "new": "yes"}
spec:
  initContainers:
    - name: new
      args:
        - a
    # first
    - name: old
  volumes:
    - name: old # last
    - name: new
      emptyDir:
        medium: Memory
    # end
`,
  ],
  'lists that are not indented, and comments below the last entry': [
    `kind: Pod
apiVersion: v1
metadata:
  name: a
    # of the name

  # of the metadata
spec:
  containers:
  - name: a
    # of the container
  # of the containers
`,
    `kind: Pod
apiVersion: v1
metadata:
  name: a
    # of the name
  annotations:
    new: "yes"

  # of the metadata
spec:
  containers:
  - name: a
    # of the container
  initContainers:
  - name: new
    args:
    - a
  volumes:
  - name: new
    emptyDir:
      medium: Memory
  # of the containers
`,
  ],
  'lists that say nothing': [
    `kind: Pod
apiVersion: v1
metadata:
  annotations: # none
spec:
  initContainers: [] # none
  volumes: ~`,
    `kind: Pod
apiVersion: v1
metadata:
  annotations: # none
    new: "yes"
    outrider.io/original: '{"/metadata/annotations":"","/spec/initContainers":" []","/spec/volumes":" ~"}'
spec:
  initContainers: # none
    - name: new
      args:
        - a
  volumes:
    - name: new
      emptyDir:
        medium: Memory`,
  ],
  'lines that end as on Windows': [
    'kind: Pod\r\napiVersion: v1\r\nspec:\r\n  volumes:\r\n  - name: old\r\nmetadata: {}\r\n',
    'kind: Pod\r\napiVersion: v1\r\nspec:\r\n  volumes:\r\n  - name: old\r\n  - name: new\r\n    emptyDir:\r\n      medium: Memory\r\n' +
      '  initContainers:\r\n  - name: new\r\n    args:\r\n    - a\r\n' +
      'metadata:\r\n  annotations:\r\n    new: "yes"\r\n    outrider.io/original: \'{"/metadata":" {}"}\'\r\n',
  ],
  'JSON on one line': [
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"volumes":[{"name":"old"}]}}',
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","annotations":{"new":"yes"}},' +
      '"spec":{"volumes":[{"name":"old"},{"name":"new","emptyDir":{"medium":"Memory"}}],' +
      '"initContainers":[{"name":"new","args":["a"]}]}}',
  ],
  'JSON with tabs': [
    `{
	"kind": "Pod",
	"apiVersion": "v1",
	"metadata": { "name": "a" },
	"spec": {
		"initContainers": [
			{ "name": "old" }
		]
	}
}
`,
    `{
	"kind": "Pod",
	"apiVersion": "v1",
	"metadata": { "name": "a", "annotations": {"new": "yes"} },
	"spec": {
		"initContainers": [
			{
				"name": "new",
				"args": [
					"a"
				]
			},
			{ "name": "old" }
		],
		"volumes": [
			{
				"name": "new",
				"emptyDir": {
					"medium": "Memory"
				}
			}
		]
	}
}
`,
  ],
};

describe('a change of a pod comes into the text', () => {
  for (const [what, [before, after]] of Object.entries(texts)) {
    it(`in its own style: ${what}`, () => {
      expect(rewritten(before)).to.equal(after);
    });
  }

  it('at every pod of a file, and nowhere else', () => {
    const pod =
      'kind: Pod\napiVersion: v1\nmetadata: {annotations: {a: b}}\nspec: {volumes: [], initContainers: []}\n';
    const changed = rewritten(`# one\n${pod}---\nkind: Service\nspec: {volumes: []}\n--- # two\n${pod}`);
    const [one, service, two] = changed.split('---');
    expect(service).to.equal('\nkind: Service\nspec: {volumes: []}\n');
    expect(two).to.equal(one?.replace('# one', ' # two'));
  });
});
