import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { chart, useHelm } from './helm.ts';
import { type AnyObject, changes, leavesOf, objectsOf } from './objects.ts';

const ours = { 'app.kubernetes.io/name': 'outrider', 'app.kubernetes.io/part-of': 'outrider' };

/** Values, and the objects that they add. */
const additions: readonly [string, object, ...AnyObject[]][] = [
  [
    'settings, as text whatever they are written as',
    {
      config: {
        'proxy-cpu': '50m',
        'proxy-cpu-limit': 1.5,
        'proxy-concurrency': 2,
        'drop-invalid': true,
        'exclude-uids': [0, 1_000_660_000],
        'exclude-outbound-cidrs': ['10.0.0.0/8', 'fd00::/8'],
        'exclude-outbound-ports': 4_294,
        'tracing-sampling': 0.0001,
        enforced: ['exclude-uids', 'inject'],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'outrider-config', namespace: 'outrider-system', labels: ours },
      data: {
        'proxy-cpu': '50m',
        'proxy-cpu-limit': '1.5',
        'proxy-concurrency': '2',
        'drop-invalid': 'true',
        'exclude-uids': '0,1000660000',
        'exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8',
        'exclude-outbound-ports': '4294',
        'tracing-sampling': '0.0001',
        enforced: 'exclude-uids,inject',
      },
    },
  ],
  [
    'a network policy for each program',
    { networkPolicy: { enabled: true, from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] } },
    ...[
      ['webhook', 'https'],
      ['certificates', 'http'],
    ].map(([component, port]) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `outrider-${component}`, namespace: 'outrider-system', labels: ours },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/component': component } },
        policyTypes: ['Ingress'],
        ingress: [{ ports: [{ port }], from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
      },
    })),
  ],
  [
    'a monitor of the webhook, which trusts its CA',
    { podMonitors: { webhook: true, interval: '1m', labels: { release: 'prometheus' } } },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: {
        name: 'outrider-webhook',
        namespace: 'outrider-system',
        labels: { ...ours, release: 'prometheus' },
      },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/component': 'webhook' } },
        podMetricsEndpoints: [
          {
            port: 'https',
            scheme: 'https',
            path: '/metrics',
            interval: '1m',
            tlsConfig: {
              serverName: 'outrider-webhook.outrider-system.svc',
              ca: { secret: { name: 'outrider-webhook-certificates', key: 'ca.crt' } },
            },
          },
        ],
      },
    },
  ],
  [
    'a monitor of what issues certificates',
    { podMonitors: { certificates: true } },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'outrider-certificates', namespace: 'outrider-system', labels: ours },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/component': 'certificates' } },
        podMetricsEndpoints: [{ port: 'http', path: '/metrics', interval: '30s' }],
      },
    },
  ],
  [
    'a monitor of the proxies, of every namespace',
    { podMonitors: { proxies: true } },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'outrider-proxies', namespace: 'outrider-system', labels: ours },
      spec: {
        namespaceSelector: { any: true },
        selector: {},
        podMetricsEndpoints: [
          {
            path: '/stats/prometheus',
            interval: '30s',
            relabelings: [
              {
                action: 'keep',
                sourceLabels: ['__meta_kubernetes_pod_container_name'],
                regex: 'outrider-proxy',
              },
              {
                targetLabel: '__address__',
                sourceLabels: ['__meta_kubernetes_pod_ip'],
                regex: '([0-9.]+)',
                replacement: '$1:15090',
              },
              {
                targetLabel: '__address__',
                sourceLabels: ['__meta_kubernetes_pod_ip'],
                regex: '(.*:.*)',
                replacement: '[$1]:15090',
              },
            ],
          },
        ],
      },
    },
  ],
];

describe('objects that the chart has where its values say so', () => {
  const helm = useHelm();
  const render = async (values: object) =>
    objectsOf(await helm('helm4', ['template', 'outrider', chart, '-n', 'outrider-system'], { values }));
  let byDefault: Map<string, unknown>;
  before(async () => {
    byDefault = leavesOf(await render({}));
  });

  for (const [what, values, ...added] of additions) {
    it(`are added, and nothing else changes: ${what}`, async () => {
      const rendered = await render(values);
      for (const object of added) {
        const name = `${object.kind}/${object.metadata.name}`;
        expect(rendered.get(name)).to.deep.equal(object);
        rendered.delete(name);
      }
      expect(changes(byDefault, leavesOf(rendered))).to.deep.equal({});
    });
  }

  it('are network policies that let in what the programs listen on, and leave alone whom they call', async () => {
    const rendered = await render({ networkPolicy: { enabled: true } });
    for (const component of ['webhook', 'certificates']) {
      const { spec } = rendered.get(`NetworkPolicy/outrider-${component}`);
      const { template } = rendered.get(`Deployment/outrider-${component}`).spec;
      expect(template.metadata.labels).to.include(spec.podSelector.matchLabels);
      const listens = template.spec.containers.flatMap(({ ports }: AnyObject) => ports);
      expect(spec.ingress[0].ports).to.deep.equal(listens.map(({ name }: AnyObject) => ({ port: name })));
      // Of egress they say nothing: the API server is called by an address that no policy can name portably.
      expect(spec.policyTypes).to.deep.equal(['Ingress']);
      expect(spec).not.to.have.property('egress');
    }
  });

  it('are a network policy and a monitor of the auditor, where there is one', async () => {
    const asked = { networkPolicy: { enabled: true }, podMonitors: { auditor: true } };
    const without = await render(asked);
    expect([...without.keys()].filter((name) => name.includes('auditor'))).to.deep.equal([]);
    const rendered = await render({ ...asked, auditor: { enabled: true } });
    const selector = { matchLabels: { 'app.kubernetes.io/component': 'auditor' } };
    expect(rendered.get('NetworkPolicy/outrider-auditor').spec).to.deep.equal({
      podSelector: selector,
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'http' }] }],
    });
    expect(rendered.get('PodMonitor/outrider-auditor').spec).to.deep.equal({
      selector,
      podMetricsEndpoints: [{ port: 'http', path: '/metrics', interval: '30s' }],
    });
  });

  it('are the dashboard, as it is', async () => {
    const rendered = await render({ dashboard: { enabled: true, annotations: { folder: 'Mesh' } } });
    const { metadata, data } = rendered.get('ConfigMap/outrider-dashboard');
    expect(metadata.labels).to.deep.equal({ ...ours, grafana_dashboard: '1' });
    expect(metadata.annotations).to.deep.equal({ folder: 'Mesh' });
    const file = await readFile(join(chart, 'dashboards/outrider.json'), 'utf8');
    expect(JSON.parse(data['outrider.json'])).to.deep.equal(JSON.parse(file));
  });
});
