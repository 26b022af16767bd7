import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Operation } from 'fast-json-patch';
import { issueAuthority, issueServing } from '../../webhook/certificates/issue.ts';
import type { Cluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';
import { listOf } from './pods.ts';

// biome-ignore lint/suspicious/noExplicitAny: a pod as the API server sends it.
export type AnyPod = any;

/** What a webhook does to a pod. */
export type Trick = (pod: AnyPod) => Operation[];

/** Another mutating webhook of the cluster, on this machine, which is called after Outrider's. */
export interface HostileWebhook {
  /** Has it play `trick` on the pods of its namespace from now on. */
  play(trick: Trick): void;
  /** Whether it is called again where a webhook after it has changed the pod. */
  setReinvocation(policy: 'Never' | 'IfNeeded'): Promise<void>;
  stop(): Promise<void>;
}

/** The API server calls webhooks in the order of their configurations' names. */
const configuration = 'zz-hostile';

/** Runs it for the pods of `namespace`, which has to exist and gets the Service by which it is called. */
export async function startHostileWebhook(cluster: Cluster, namespace: string): Promise<HostileWebhook> {
  const life = 24 * 60 * 60 * 1000;
  const authority = issueAuthority(life, new Date());
  const { certificate, key } = issueServing(authority, [`hostile.${namespace}.svc`], life, new Date());
  let trick: Trick = () => [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    request.toArray().then((chunks) => {
      const { uid, object } = JSON.parse(Buffer.concat(chunks).toString()).request;
      const operations = trick(object);
      const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
      const change = operations.length > 0 && { patchType: 'JSONPatch', patch };
      const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...review, response: { uid, allowed: true, ...change } }));
    });
  });
  server.listen(0, cluster.hostAddress);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hostile', namespace },
    spec: { ports: [{ name: 'https', port: 443, targetPort: port }] },
  };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'hostile', namespace, labels: { 'kubernetes.io/service-name': 'hostile' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [cluster.hostAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port }],
  };
  const apply = (items: object[]): Promise<string> =>
    kubectl(cluster, ['apply', '-f', '-'], { input: listOf(items) });
  const setReinvocation = async (reinvocationPolicy: 'Never' | 'IfNeeded'): Promise<void> => {
    const webhook = {
      name: 'hostile.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      reinvocationPolicy,
      clientConfig: {
        service: { name: 'hostile', namespace },
        caBundle: Buffer.from(authority.certificate).toString('base64'),
      },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    };
    await apply([
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: configuration },
        webhooks: [webhook],
      },
    ]);
  };
  await apply([service, slice]);
  return {
    play(next) {
      trick = next;
    },
    setReinvocation,
    async stop() {
      await kubectl(cluster, ['delete', 'mutatingwebhookconfiguration', configuration, '--ignore-not-found']);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
