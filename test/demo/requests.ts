import { metricsPath, metricsPort, passthroughSource } from '../../settings/names.ts';
import type { Host } from '../net/host.ts';
import { outside, type Pair } from '../net/pair.ts';
import { type Answer, connect } from '../net/traffic.ts';

/** A connection that the demo makes, what it has to come to, and by which of Envoy's clusters. */
interface Request {
  readonly what: string;
  readonly from: Host;
  readonly to: { readonly address: string; readonly port: number };
  readonly via: ClusterName | 'direct';
  /** The source that the server has to see; none where the connection has to be refused. */
  readonly source?: string;
}

/** A request, and what came of it. */
export interface Result extends Request {
  readonly answer: Answer;
  readonly passed: boolean;
}

const clusters = ['PassthroughCluster', 'InboundPassthroughCluster', 'BlackHoleCluster'] as const;
export type ClusterName = (typeof clusters)[number];
export type Counters = Readonly<Record<ClusterName, number>>;

const loopback = { ipv4: '127.0.0.1', ipv6: '::1' } as const;

/** Makes all requests, one after the other, and compares Envoy's counters before and after each. */
export async function makeRequests({ pod, peer }: Pair): Promise<Result[]> {
  const results: Result[] = [];
  for (const family of ['ipv4', 'ipv6'] as const) {
    const [own, out] = [pod.addresses[family], outside[family]];
    const requests: Request[] = [
      {
        what: 'peer → app',
        from: peer,
        to: { address: own, port: 8080 },
        via: 'InboundPassthroughCluster',
        source: passthroughSource[family],
      },
      {
        what: 'app → outside',
        from: pod,
        to: { address: out, port: 80 },
        via: 'PassthroughCluster',
        source: own,
      },
      {
        what: 'app → localhost',
        from: pod,
        to: { address: loopback[family], port: 8080 },
        via: 'direct',
        source: loopback[family],
      },
      { what: 'app → itself', from: pod, to: { address: own, port: 8080 }, via: 'direct', source: own },
      { what: 'app → port 15001', from: pod, to: { address: own, port: 15001 }, via: 'BlackHoleCluster' },
      { what: 'peer → port 15006', from: peer, to: { address: own, port: 15006 }, via: 'BlackHoleCluster' },
    ];
    for (const request of requests) results.push(await make(request, pod));
  }
  return results;
}

async function make(request: Request, pod: Host): Promise<Result> {
  const before = await readCounters(pod);
  const answer = await connect(request.from, request.to);
  const after = await readCounters(pod);
  const moved = clusters.filter((name) => after[name] > before[name]);
  const expected = request.via === 'direct' ? [] : [request.via];
  const sameWay = moved.join() === expected.join();
  const sameAnswer =
    answer.program === 'server'
      ? answer.remote.address === request.source && answer.local.port === request.to.port
      : request.source === undefined;
  return { ...request, answer, passed: sameWay && sameAnswer };
}

/** Connections by cluster, from Envoy's metrics; for the black hole, those it refused. */
export async function readCounters(pod: Host): Promise<Counters> {
  const url = `http://127.0.0.1:${metricsPort}${metricsPath}`;
  const { stdout } = await pod.exec('curl', ['--silent', '--fail', url]);
  const read = (name: ClusterName): number => {
    const metric = name === 'BlackHoleCluster' ? 'none_healthy' : 'total';
    const sample = new RegExp(
      `^envoy_cluster_upstream_cx_${metric}\\{envoy_cluster_name="${name}"\\} (\\d+)$`,
      'm',
    );
    return Number(sample.exec(stdout)?.[1] ?? Number.NaN);
  };
  return Object.fromEntries(clusters.map((name) => [name, read(name)])) as Counters;
}
