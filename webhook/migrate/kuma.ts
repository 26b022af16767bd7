import { harmless, noEquivalent, notNeeded, type Row, toSetting } from './fate.ts';
import { isOf, type Mesh } from './mesh.ts';

const yes = ['enabled', 'true'];
const no = ['disabled', 'false'];

/** A pod's own word is stronger than its namespace's: one that is not labelled has no veto, unlike one that is disabled. */
const injection =
  (of: 'pod' | 'namespace'): Row['fatesOf'] =>
  (text) => {
    if (yes.includes(text)) return [{ kind: 'injection', wanted: true }];
    if (!no.includes(text)) return [{ kind: 'invalid', expected: 'enabled or disabled' }];
    return of === 'pod'
      ? [{ kind: 'injection', wanted: false }]
      : [{ kind: 'not-needed', why: 'a namespace without a label is not injected' }];
  };

const pod: Readonly<Record<string, Row['fatesOf']>> = {
  'traffic.kuma.io/exclude-inbound-ports': toSetting('exclude-inbound-ports'),
  'traffic.kuma.io/exclude-outbound-ports': toSetting('exclude-outbound-ports'),
  'traffic.kuma.io/exclude-inbound-ips': noEquivalent('as blocks: outrider.io/exclude-inbound-cidrs'),
  'traffic.kuma.io/exclude-outbound-ips': noEquivalent('as blocks: outrider.io/exclude-outbound-cidrs'),
  'kuma.io/sidecar-uid': toSetting('proxy-uid'),
  'kuma.io/virtual-probes': notNeeded('probes reach the application (docs/probes.md)'),
  'kuma.io/wait-for-dataplane-ready': notNeeded('the application always waits until the proxy is ready'),
  'kuma.io/mesh': noEquivalent('there is one mesh'),
};

const rows = (['pod', 'namespace'] as const).flatMap((on) =>
  (['label', 'annotation'] as const).map((as) => ({
    key: 'kuma.io/sidecar-injection',
    as,
    on: [on],
    fatesOf: injection(on),
  })),
);

/** What of Kuma is the same in other words; the rest is told to be unknown. */
export const kuma: Mesh = {
  name: 'Kuma',
  owns: (key) => isOf(key, 'kuma.io'),
  rows: [
    ...rows,
    ...Object.entries(pod).map(([key, fatesOf]): Row => ({ key, as: 'annotation', on: ['pod'], fatesOf })),
    {
      key: 'kuma.io/mesh',
      as: 'label',
      on: ['pod', 'namespace'],
      fatesOf: harmless('there is one mesh'),
    },
  ],
  containers: ['kuma-sidecar', 'kuma-init', 'kuma-validation'],
  wayBack: 'take the file from before the injection, or remove the container',
  misses: "Kuma's policies, encryption among them, have no counterpart in Outrider",
};
