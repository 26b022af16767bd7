import { setTimeout as sleep } from 'node:timers/promises';
import type { Revision } from '../decision/revision.ts';
import { type Manifest, pathOf, titleOf } from '../installation/manifest.ts';
import { isUnreached, probePod } from '../installation/probe-pod.ts';
import { type Rollout, rolloutOf } from '../installation/rollout.ts';
import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';
import { podsOf } from './apply.ts';

const pauseMilliseconds = 500;

/** Until when, and whom to tell what is waited for. */
export interface Patience {
  readonly deadline: number;
  readonly tell: (text: string) => void;
}

/**
 * Asks until there is nothing left to wait for. What is waited for is told when it changes.
 *
 * @returns what it still waits for at the deadline; `undefined` where it came about
 */
async function wait(
  ask: () => Promise<string | undefined>,
  { deadline, tell }: Patience,
): Promise<string | undefined> {
  for (let last = ''; ; ) {
    const why = await ask();
    if (why === undefined || performance.now() > deadline) return why;
    if (why !== last) tell(`waiting: ${why}`);
    last = why;
    await sleep(pauseMilliseconds);
  }
}

/** @param goal `running`: ready is more than is asked */
export const waitForDeployments = (
  api: Api,
  manifests: readonly Manifest[],
  goal: 'running' | 'ready',
  patience: Patience,
): Promise<string | undefined> =>
  wait(async () => {
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    const rollouts = await Promise.all(deployments.map((one) => readRollout(api, one)));
    const late = rollouts.findIndex(({ kind }) => kind !== 'ready' && kind !== goal);
    const [deployment, rollout] = [deployments[late], rollouts[late]];
    if (deployment === undefined || rollout === undefined || rollout.kind === 'ready') return undefined;
    return `${titleOf(deployment)}: ${rollout.why}`;
  }, patience);

async function readRollout(api: Api, manifest: Manifest): Promise<Rollout> {
  const deployment = await api.get(pathOf(manifest));
  if (deployment === undefined) return { kind: 'waiting', why: 'it is gone' };
  return rolloutOf(deployment, await podsOf(api, deployment, manifest.metadata.namespace ?? ''));
}

/** Until the API server, asked to create a pod in a dry run, gets an answer of the webhook. */
export const waitUntilReached = (
  api: Api,
  revision: Revision,
  patience: Patience,
): Promise<string | undefined> =>
  wait(async () => {
    try {
      await api.send('POST', '/api/v1/namespaces/default/pods?dryRun=All', probePod(revision));
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 'unreachable') throw error;
      return isUnreached(error.message)
        ? `the API server cannot call the webhook: ${error.message}`
        : undefined;
    }
  }, patience);

export const waitUntilGone = (
  api: Api,
  manifest: Manifest,
  patience: Patience,
): Promise<string | undefined> =>
  wait(
    async () =>
      (await api.get(pathOf(manifest))) === undefined ? undefined : `${titleOf(manifest)} is being deleted`,
    patience,
  );
