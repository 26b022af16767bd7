import type { Request } from './api.ts';
import { podManifest } from './pods.ts';

/** Requests at a time: the webhook reviews each pod. */
const atOnce = 20;

/** Creates pods that no scheduler takes: to the API server they are as any other, and no node has to run them. */
export async function createWaitingPods(request: Request, namespace: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `waiting-${index}`);
  const create = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const pod = podManifest({ name, spec: { ...podSpec, schedulerName: 'nobody' } });
      const post = () => request('POST', `/api/v1/namespaces/${namespace}/pods`, pod);
      let { status, text } = await post();
      // A replica of the webhook that ends may take a connection with it.
      if (status === 500) ({ status, text } = await post());
      if (status !== 201) throw new Error(`${name}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, create));
}

const { spec: podSpec } = podManifest({ name: '' }) as { spec: object };
