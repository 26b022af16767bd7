import { formatAllowedHost } from '../allowed-host.ts';
import type { Settings } from '../settings.ts';
import type { Finding } from './finding.ts';

/** What the lists of users, groups, interfaces and hosts hold that changes nothing. */
export function lintNames(settings: Settings): readonly Finding[] {
  const { proxyUids, proxyGids, excludeUids, excludeGids, excludeInterfaces, virtualInterfaces } = settings;
  return [
    ...each('proxy-uid', proxyUids, () => undefined),
    ...each('proxy-gid', proxyGids, () => undefined),
    ...each('exclude-uids', excludeUids, (uid) =>
      proxyUids.some((one) => Number(one) === uid) ? "the proxy's own user, left alone anyway" : undefined,
    ),
    ...each('exclude-gids', excludeGids, (gid) =>
      proxyGids.some((one) => Number(one) === gid) ? "the proxy's own group, left alone anyway" : undefined,
    ),
    ...each('exclude-interfaces', excludeInterfaces, () => undefined),
    ...each('virtual-interfaces', virtualInterfaces, (name) =>
      excludeInterfaces.includes(name) ? 'exclude-interfaces has it' : undefined,
    ),
    ...each('allow-outbound-hosts', settings.allowOutboundHosts.map(formatAllowedHost), (host) =>
      settings.outboundPolicy !== 'blackhole'
        ? 'outbound-policy is allow-any'
        : host.endsWith(`:${settings.outboundPort}`)
          ? 'a port of the proxy itself'
          : undefined,
    ),
  ];
}

function each<T extends string | number>(
  setting: string,
  values: readonly T[],
  judge: (value: T) => string | undefined,
): readonly Finding[] {
  return values.flatMap((value, index) => {
    const why = values.indexOf(value) < index ? 'it stands there twice' : judge(value);
    return why === undefined ? [] : [{ setting, value: `${value}`, why }];
  });
}
