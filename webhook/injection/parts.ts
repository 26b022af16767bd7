import { renderInitContainer } from './init-container.ts';
import { findOversize } from './oversize.ts';
import type { Plan } from './plan.ts';
import { renderProxyContainer } from './proxy-container.ts';
import { remember } from './remember.ts';
import { renderRunVolume } from './run-volume.ts';
import { renderStatus } from './status.ts';

/** What is put into a pod, rendered. */
export interface Parts {
  readonly proxy: object;
  readonly init: object;
  readonly volume: object;
  /** Text of the status annotation. */
  readonly status: string;
  /** What of it no process could be started with. */
  readonly oversize: readonly string[];
}

/** Nearly all pods of a cluster have one of a few plans: the same parts serve them all, and must not be changed. */
export const renderParts = remember((plan: Plan): Parts => {
  const proxy = renderProxyContainer(plan);
  const init = renderInitContainer(plan);
  return {
    proxy,
    init,
    volume: renderRunVolume(),
    status: renderStatus(plan),
    oversize: [proxy, init].flatMap(findOversize),
  };
}, 256);
