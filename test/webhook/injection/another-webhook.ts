import fc from 'fast-check';
import type { AnyPod } from '../pods.ts';

/** One thing that another mutating webhook does to an injected pod. `at` says where, as a part of a list's length. */
export interface Meddling {
  readonly what: keyof typeof ways;
  readonly at: number;
}

const insert = (list: AnyPod[], at: number, item: AnyPod): AnyPod[] =>
  list.toSpliced(Math.floor(at * (list.length + 1)), 0, item);
/** The list begun elsewhere: a way to reorder it that one number tells. */
const turn = (list: AnyPod[], at: number): AnyPod[] => {
  const start = Math.floor(at * list.length);
  return [...list.slice(start), ...list.slice(0, start)];
};
const ours = (list: AnyPod[]): AnyPod[] => list.filter(({ name }) => name.startsWith('outrider-'));
const others = (list: AnyPod[]): AnyPod[] => list.filter(({ name }) => !name.startsWith('outrider-'));
const pick = (list: AnyPod[], at: number): AnyPod => list[Math.floor(at * list.length)];

const ways = {
  'drops restartPolicy of the proxy': ({ spec }: AnyPod) => {
    for (const one of ours(spec.initContainers)) delete one.restartPolicy;
  },
  'drops restartPolicy of all': ({ spec }: AnyPod) => {
    for (const one of spec.initContainers) delete one.restartPolicy;
  },
  'reorders the init containers': ({ spec }: AnyPod, at: number) => {
    spec.initContainers = turn(spec.initContainers, at);
  },
  'reverses the init containers': ({ spec }: AnyPod) => {
    spec.initContainers.reverse();
  },
  'reorders the containers': ({ spec }: AnyPod, at: number) => {
    spec.containers = turn(spec.containers, at);
  },
  'reorders the volumes': ({ spec }: AnyPod, at: number) => {
    spec.volumes = turn(spec.volumes, at);
  },
  'sorts the volumes': ({ spec }: AnyPod) => {
    spec.volumes.sort((a: AnyPod, b: AnyPod) => (a.name < b.name ? -1 : 1));
  },
  'writes one of our volumes twice': ({ spec }: AnyPod, at: number) => {
    const [one] = ours(spec.volumes);
    if (one) spec.volumes = insert(spec.volumes, at, structuredClone(one));
  },
  'writes one of our containers twice': ({ spec }: AnyPod, at: number) => {
    const one = pick(ours(spec.initContainers), at);
    if (one) spec.initContainers = insert(spec.initContainers, at, structuredClone(one));
  },
  'adds a container': ({ spec }: AnyPod, at: number) => {
    spec.containers = insert(spec.containers, at, { name: `added-${at}`, image: 'other:1' });
  },
  'adds an init container': ({ spec }: AnyPod, at: number) => {
    spec.initContainers = insert(spec.initContainers, at, { name: `added-first-${at}`, image: 'other:1' });
  },
  'adds a volume': ({ spec }: AnyPod, at: number) => {
    spec.volumes = insert(spec.volumes, at, { name: `added-${at}`, emptyDir: {} });
  },
  'adds an annotation': ({ metadata }: AnyPod, at: number) => {
    metadata.annotations[`other.example/${at}`] = 'yes';
  },
  'takes our containers away': ({ spec }: AnyPod) => {
    spec.initContainers = others(spec.initContainers);
  },
  'takes one of our containers away': ({ spec }: AnyPod, at: number) => {
    const one = pick(ours(spec.initContainers), at);
    spec.initContainers = spec.initContainers.filter((each: AnyPod) => each !== one);
  },
  'takes our volume away': ({ spec }: AnyPod) => {
    spec.volumes = others(spec.volumes);
  },
  'makes our volume a folder of the node': ({ spec }: AnyPod) => {
    for (const one of ours(spec.volumes))
      Object.assign(one, { emptyDir: undefined, hostPath: { path: '/' } });
  },
  'lets our containers do all': ({ spec }: AnyPod) => {
    for (const one of ours(spec.initContainers)) one.securityContext = { privileged: true, runAsUser: 0 };
  },
  'writes another status': ({ metadata }: AnyPod) => {
    metadata.annotations['outrider.io/status'] = '{}';
  },
} as const;

export const meddlings: fc.Arbitrary<Meddling> = fc.record({
  what: fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[])),
  at: fc.integer({ min: 0, max: 99 }).map((percent) => percent / 100),
});

export function meddle(pod: AnyPod, { what, at }: Meddling): AnyPod {
  const changed = structuredClone(pod);
  ways[what](changed, at);
  return JSON.parse(JSON.stringify(changed));
}

/** What others do on purpose to containers of ours, and may: where the images come from, what an agent needs, how much. */
const words = {
  'takes the images from a mirror': (containers: AnyPod[]) => {
    const local = containers.filter(({ image }) => !/^[^/]*[.:][^/]*\//.test(image));
    for (const one of local) one.image = `mirror.example/library/${one.image}`;
  },
  'pulls the images each time': (containers: AnyPod[]) => {
    for (const one of containers) one.imagePullPolicy = 'Always';
  },
  'adds a variable to the proxy': ([proxy]: AnyPod[]) => {
    proxy.env.push({ name: 'ADDED', value: '$(POD_NAME) $$' });
  },
  'mounts a volume into the proxy': ([proxy]: AnyPod[]) => {
    proxy.volumeMounts.push({ name: 'agent', mountPath: '/opt/agent' });
  },
  'gives the proxy more': ([proxy]: AnyPod[]) => {
    // Not its memory or its processors, whose limits the arguments follow.
    for (const kind of ['limits', 'requests']) proxy.resources[kind]['other.example/nic'] = '1';
  },
  'lets the proxy drain': ([proxy]: AnyPod[]) => {
    proxy.lifecycle = { preStop: { sleep: { seconds: 5 } } };
  },
} as const;
export type Word = keyof typeof words;

export const someWords: fc.Arbitrary<Word[]> = fc.subarray(Object.keys(words) as Word[], { minLength: 1 });

export function say(pod: AnyPod, some: readonly Word[]): AnyPod {
  const changed = structuredClone(pod);
  for (const one of some) words[one](ours(changed.spec.initContainers));
  return changed;
}
