import { setTimeout as sleep } from 'node:timers/promises';
import { ownNamespace, readSecret } from '../cluster/certificate-state.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { killProcesses } from '../cluster/local/pod-processes.ts';
import { pick } from './random.ts';

/** What was done to Outrider, how often. */
export interface Faults {
  readonly killed: number;
  readonly deleted: number;
  readonly secretsDeleted: number;
  readonly bundlesOverwritten: number;
}

interface Replica {
  readonly name: string;
  readonly uid: string;
}

/** From one fault of the replicas to the next, once all are ready again: so long and up to so much longer. */
const pause = { shortest: 4_000, more: 8_000 };

/**
 * Replicas of the webhook are killed at random, or their pods deleted, whenever all are ready: an operator who drains
 * nodes waits for that, too. At a fifth and three fifths of the time the Secret of what is served is deleted; at two and
 * four fifths somebody else's certificate is written into every caBundle.
 */
export async function keepFailing(
  cluster: Cluster,
  seconds: number,
  random: () => number,
  isOver: () => boolean,
): Promise<Faults> {
  let [killed, deleted, secretsDeleted, bundlesOverwritten] = [0, 0, 0, 0];
  const replicas = async (): Promise<void> => {
    for (;;) {
      await sleep(pause.shortest + random() * pause.more);
      const ready = await readyReplicas(cluster);
      if (isOver()) return;
      const replica = ready.length < 2 ? undefined : pick(ready, random);
      if (replica === undefined) continue;
      if (random() < 0.5) {
        await killProcesses(replica.uid);
        killed += 1;
      } else {
        await kubectl(cluster, [...ownNamespace, 'delete', 'pod', replica.name, '--wait=false']);
        deleted += 1;
      }
    }
  };
  const certificates = async (): Promise<void> => {
    const fifth = seconds * 200;
    for (let round = 0; round < 2; round += 1) {
      await sleep(fifth);
      await kubectl(cluster, [...ownNamespace, 'delete', 'secret', 'outrider-webhook-certificates']);
      secretsDeleted += 1;
      await sleep(fifth);
      await overwriteBundles(cluster);
      bundlesOverwritten += 1;
    }
  };
  await Promise.all([replicas(), certificates()]);
  return { killed, deleted, secretsDeleted, bundlesOverwritten };
}

async function readyReplicas(cluster: Cluster): Promise<Replica[]> {
  const pods = ['get', 'pods', '-l', 'app.kubernetes.io/component=webhook', '-o', 'json'];
  const { items } = JSON.parse(await kubectl(cluster, [...ownNamespace, ...pods]));
  return items.flatMap(
    ({
      metadata: { name, uid, deletionTimestamp },
      status,
    }: {
      metadata: Replica & { deletionTimestamp?: string };
      status: { conditions?: { type: string; status: string }[] };
    }) => {
      const isReady = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
      return isReady && deletionTimestamp === undefined ? [{ name, uid }] : [];
    },
  );
}

/** By a certificate that is no CA's: text that is none is refused by the API server itself. */
async function overwriteBundles(cluster: Cluster): Promise<void> {
  const value = Buffer.from((await readSecret(cluster))?.['tls.crt'] ?? '').toString('base64');
  for (const configuration of [
    ['mutatingwebhookconfiguration', 'outrider-webhook'],
    ['validatingwebhookconfiguration', 'outrider-warnings'],
  ]) {
    const { webhooks } = JSON.parse(await kubectl(cluster, ['get', ...configuration, '-o', 'json']));
    const patch = webhooks.map((_: unknown, index: number) => ({
      op: 'replace',
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value,
    }));
    await kubectl(cluster, ['patch', ...configuration, '--type=json', '-p', JSON.stringify(patch)]);
  }
}
