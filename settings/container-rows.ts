import * as kinds from './kinds.ts';
import { percentage } from './percentage.ts';
import { type Setting, setting } from './setting.ts';
import { accessLogs, logLevels } from './settings.ts';

/** Of the table, the settings of the proxy's container: what it runs, what it may take, and how long it stays. */
export const containerRows: readonly Setting[] = [
  setting('proxy-image', 'proxyImage', 'annotation', 'proxy', kinds.image, 'image of the proxy'),
  setting(
    'proxy-log-level',
    'proxyLogLevel',
    'annotation',
    'proxy',
    kinds.word(logLevels),
    'log level of the proxy',
  ),
  setting(
    'access-log',
    'accessLog',
    'annotation',
    'proxy',
    kinds.word(accessLogs),
    'a line of the proxy for each connection and request, and its form',
  ),
  setting(
    'tracing-endpoint',
    'tracingEndpoint',
    'annotation',
    'proxy',
    kinds.endpoint,
    'collector that the proxy tells of requests, by OTLP over gRPC',
  ),
  setting(
    'tracing-sampling',
    'tracingSampling',
    'annotation',
    'proxy',
    percentage,
    'percentage of requests that begin a trace',
  ),
  setting(
    'proxy-concurrency',
    'proxyConcurrency',
    'annotation',
    'proxy',
    kinds.workers,
    'worker threads of the proxy',
  ),
  setting('proxy-cpu', 'proxyCpu', 'annotation', 'proxy', kinds.quantity, 'CPU request of the proxy'),
  setting(
    'proxy-cpu-limit',
    'proxyCpuLimit',
    'annotation',
    'proxy',
    kinds.quantity,
    'CPU limit of the proxy',
  ),
  setting(
    'proxy-memory',
    'proxyMemory',
    'annotation',
    'proxy',
    kinds.quantity,
    'memory request of the proxy',
  ),
  setting(
    'proxy-memory-limit',
    'proxyMemoryLimit',
    'annotation',
    'proxy',
    kinds.quantity,
    'memory limit of the proxy',
  ),
  setting(
    'proxy-ephemeral-storage',
    'proxyEphemeralStorage',
    'annotation',
    'proxy',
    kinds.optionalQuantity,
    'ephemeral storage request of the proxy',
  ),
  setting(
    'proxy-ephemeral-storage-limit',
    'proxyEphemeralStorageLimit',
    'annotation',
    'proxy',
    kinds.optionalQuantity,
    'ephemeral storage limit of the proxy',
  ),
  setting(
    'drain-seconds',
    'drainSeconds',
    'annotation',
    'proxy',
    kinds.seconds,
    'how long the proxy stays at least, once its pod is deleted',
  ),
];
