import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { readSecret } from './certificate-state.ts';
import type { Cluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';

/** One replica of the webhook, asked without the API server, over one connection that is kept. */
export interface Replica {
  readonly pod: string;
  readonly address: string;
  /** @param path of a namespace's label. @returns the AdmissionReview's response. */
  review(path: string, namespace: string, pod: object): Promise<Answer>;
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

export interface Answer {
  readonly allowed: boolean;
  /** Base64. */
  readonly patch?: string;
  readonly status?: { readonly code: number; readonly message: string };
}

/** A proxy's resources by the patch, or why the pod is refused. */
export function resourcesIn(answer: Answer): string {
  if (!answer.allowed) return answer.status?.message ?? 'refused';
  const patch = Buffer.from(answer.patch ?? '', 'base64').toString('utf8');
  const [, cpu] = /"requests":\{"cpu":"(\w+)"/.exec(patch) ?? [];
  const [, memory] = /"requests":\{[^}]*"memory":"(\w+)"/.exec(patch) ?? [];
  return `${cpu} ${memory}`;
}

export async function openReplicas(cluster: Cluster): Promise<Replica[]> {
  const pods = ['get', 'pods', '-l', 'app.kubernetes.io/component=webhook', '-o', 'json'];
  const { items } = JSON.parse(await kubectl(cluster, ['-n', 'outrider-system', ...pods]));
  const ca = (await readSecret(cluster))?.['ca.crt'] ?? '';
  return items.map(({ metadata, status }: { metadata: { name: string }; status: { podIP: string } }) =>
    openReplica(metadata.name, status.podIP, ca),
  );
}

function openReplica(pod: string, address: string, ca: string): Replica {
  const servername = 'outrider-webhook.outrider-system.svc';
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, servername });
  const send = (method: string, path: string, body?: object): ReturnType<Replica['get']> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const options = { host: address, port: 8443, method, path, agent, headers, timeout: 10_000 };
      const sent = request(options, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, text: body }), reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`${pod} does not answer`)));
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  return {
    pod,
    address,
    get: (path) => send('GET', path),
    async review(path, namespace, object) {
      const kind = { group: '', version: 'v1', kind: 'Pod' };
      const resource = { group: '', version: 'v1', resource: 'pods' };
      const operation = { uid: 'any', operation: 'CREATE', dryRun: true };
      const asked = { ...operation, kind, resource, namespace, object, userInfo: { username: 'test' } };
      const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked };
      return JSON.parse((await send('POST', path, review)).text).response;
    },
    close: () => agent.destroy(),
  };
}
