import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { useCluster, useNamespace } from '../fixture.ts';
import { kubectl } from '../kubectl.ts';
import { listOf } from '../pods.ts';
import { chart, useHelm } from './helm.ts';
import { type AnyObject, objectsOf } from './objects.ts';

const namespace = 'chart-custom';
const groups = ['cert-manager.io', 'monitoring.coreos.com'];

/** The definitions are those of cert-manager and of the Prometheus operator; the programs behind them are not here. */
describe('the custom objects of the chart', () => {
  const cluster = useCluster();
  useNamespace(cluster, namespace);
  const helm = useHelm();
  let definitions = '';

  before(async function () {
    // They are fetched where they are not here yet.
    this.timeout(10 * 60_000);
    const { stdout } = await execa(join(import.meta.dirname, '../crds/build.sh'), { stderr: 'inherit' });
    const files = await readdir(stdout);
    const texts = await Promise.all(files.map((file) => readFile(join(stdout, file), 'utf8')));
    definitions = texts.join('\n---\n');
    // On the server's side, since some are larger than an annotation may be.
    await kubectl(cluster(), ['apply', '--server-side', '-f', '-'], { input: definitions });
    const established = ['wait', '--for=condition=Established', '--timeout=60s', '-f', '-'];
    await kubectl(cluster(), established, { input: definitions });
  });
  after(() => kubectl(cluster(), ['delete', '--ignore-not-found', '-f', '-'], { input: definitions }));

  const customObjects = async (values: object): Promise<AnyObject[]> => {
    const rendered = await helm('helm4', ['template', 'outrider', chart, '-n', namespace], { values });
    return [...objectsOf(rendered).values()].filter(({ apiVersion }) =>
      groups.includes(apiVersion.split('/')[0]),
    );
  };
  const take = (objects: AnyObject[]): Promise<string> =>
    kubectl(cluster(), ['create', '--dry-run=server', '--validate=strict', '-o', 'name', '-f', '-'], {
      input: listOf(objects),
    });

  for (const [what, values, names] of [
    [
      'with a CA that cert-manager makes',
      { certificates: { issuer: 'cert-manager' } },
      [
        'certificate.cert-manager.io/outrider-ca',
        'certificate.cert-manager.io/outrider-webhook',
        'issuer.cert-manager.io/outrider-ca',
        'issuer.cert-manager.io/outrider-self-signed',
      ],
    ],
    [
      'with an issuer that is there',
      {
        certificates: {
          issuer: 'cert-manager',
          certManager: {
            issuerRef: { group: 'awspca.cert-manager.io', kind: 'AWSPCAClusterIssuer', name: 'internal' },
            duration: '24h',
            renewBefore: '8h',
          },
        },
      },
      ['certificate.cert-manager.io/outrider-webhook'],
    ],
    [
      'with every monitor',
      {
        podMonitors: {
          ...{ webhook: true, certificates: true, proxies: true },
          ...{ interval: '1m', labels: { release: 'prometheus' } },
        },
      },
      [
        'podmonitor.monitoring.coreos.com/outrider-certificates',
        'podmonitor.monitoring.coreos.com/outrider-proxies',
        'podmonitor.monitoring.coreos.com/outrider-webhook',
      ],
    ],
  ] as const) {
    it(`are taken by their own definitions, without a field too many: ${what}`, async () => {
      expect((await take(await customObjects(values))).split('\n').sort()).to.deep.equal(names);
    });
  }

  it('are not taken with a field that is not known, or a value that is not one of a few', async () => {
    const refused = async (values: object, change: (object: AnyObject) => void): Promise<string> => {
      const objects = await customObjects(values);
      objects.forEach(change);
      return await take(objects).then(
        () => 'taken',
        ({ stderr }) => stderr,
      );
    };
    const monitors = { podMonitors: { webhook: true } };
    expect(
      await refused(monitors, ({ spec }) => {
        spec.podMetricsEndpoint = [];
      }),
    ).to.match(/unknown field "[\w.]*podMetricsEndpoint"/);
    expect(
      await refused({ certificates: { issuer: 'cert-manager' } }, ({ kind, spec }) => {
        if (kind === 'Certificate') spec.privateKey.algorithm = 'EC';
      }),
    ).to.contain('spec.privateKey.algorithm: Unsupported value: "EC"');
  });
});
