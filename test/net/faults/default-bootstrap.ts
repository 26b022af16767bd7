import { renderBootstrap } from '../../../proxy/bootstrap.ts';
import { port } from '../../../settings/port.ts';

export const Mi = 2 ** 20;

/** The bootstrap of a pod without settings of its own, but for the memory limit (256 MiB by default). */
export const renderDefault =
  (memoryLimit = 256 * Mi) =>
  (adminSocket: string): object =>
    renderBootstrap({
      outboundPort: port(15001),
      inboundPort: port(15006),
      families: ['ipv4', 'ipv6'],
      adminSocket,
      memoryLimit,
    });
