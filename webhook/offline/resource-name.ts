import { podHolders } from '../admission/pod-holders.ts';

/** An object of a cluster, by the words of `kubectl`. */
export interface ResourceName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export type ParsedResourceName =
  | { readonly ok: true; readonly resource: ResourceName }
  | { readonly ok: false; readonly problem: string };

const short: Readonly<Record<string, string>> = {
  po: 'pod',
  rc: 'replicationcontroller',
  rs: 'replicaset',
  deploy: 'deployment',
  sts: 'statefulset',
  ds: 'daemonset',
  cj: 'cronjob',
};

const kinds = new Map(podHolders.map((holder) => [holder.kind.toLowerCase(), holder]));

/** Reads `deployment/web`, `deployments/web`, `deploy/web`; of a name alone, a pod's. */
export function parseResourceName(text: string): ParsedResourceName {
  const [type = '', name, ...more] = text.includes('/') ? text.split('/') : ['pod', text];
  const word = type.toLowerCase();
  const kind = short[word] ?? word.replace(/s$/, '');
  const holder = kinds.get(kind);
  if (holder === undefined) {
    const known = [...kinds.keys()].join(', ');
    return { ok: false, problem: `${text}: ${JSON.stringify(type)} is not valid: expected one of ${known}` };
  }
  if (!name || more.length > 0) {
    return {
      ok: false,
      problem: `${text}: is not valid: expected a kind and a name, such as deployment/web`,
    };
  }
  const apiVersion = holder.group ? `${holder.group}/v1` : 'v1';
  return { ok: true, resource: { apiVersion, kind: holder.kind, name } };
}
