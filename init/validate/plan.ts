import type { Ground } from './ground.ts';
import { inboundProbes } from './inbound-probes.ts';
import type { Planned } from './items.ts';
import { outboundProbes } from './outbound-probes.ts';
import { ownerProbes } from './owner-probes.ts';
import type { Unprovable } from './probe.ts';

/** Every path that the settings speak of: a connection that shows it, or why there is none. */
export const planProbes = (ground: Ground): readonly Planned[] => [
  ...outboundProbes(ground),
  ...inboundProbes(ground),
  ...ownerProbes(ground),
  ...withoutProbe(ground),
];

function withoutProbe({ family, settings }: Ground): readonly Unprovable[] {
  const { excludeInterfaces, virtualInterfaces, dropInvalid, outboundPolicy } = settings;
  return [
    ...excludeInterfaces.map((name) => ({
      ...{ family, path: 'excluded-interface' as const, setting: `exclude-interfaces ${name}` },
      reason: `only what passes ${name} itself shows it, and that is outside the pod`,
    })),
    ...virtualInterfaces.map((name) => ({
      ...{ family, path: 'virtual-interface' as const, setting: `virtual-interfaces ${name}` },
      reason: `only what a guest behind ${name} sends shows it`,
    })),
    ...(dropInvalid
      ? [
          {
            ...{ family, path: 'drop-invalid' as const, setting: 'drop-invalid' },
            reason: 'no connection shows it: it is about packets that belong to none',
          },
        ]
      : []),
    ...(outboundPolicy === 'blackhole'
      ? [
          {
            ...{ family, path: 'cage' as const, setting: 'outbound-policy' },
            reason: 'no TCP connection shows it: it is about what is not TCP',
          },
        ]
      : []),
  ];
}
