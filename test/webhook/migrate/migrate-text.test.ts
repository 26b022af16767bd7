import { expect } from 'chai';
import { corpus } from '../offline/corpus.ts';
import { byName, inject } from '../pods.ts';
import { deployment, migrated, migratedNamespace, migratedPod } from './migrated.ts';

const istioNote =
  'note: Istio encrypts connections between its pods (mutual TLS): Outrider does not (docs/migrate.md)';

describe('outrider migrate', () => {
  it('changes keys where they stand, and keeps comments, quotes and order', () => {
    const text = deployment(`      annotations:
        # the database speaks first
        traffic.sidecar.istio.io/excludeOutboundPorts: '5432' # postgres
        team: shop
        # the gateway of old
        sidecar.istio.io/logLevel:   warn
        sidecar.istio.io/status: '{}'
        last: "yes"
`);
    const { text: after, notes } = migrated(text);
    expect(after).to.equal(
      deployment(`      annotations:
        # the database speaks first
        outrider.io/exclude-outbound-ports: '5432' # postgres
        team: shop
        # the gateway of old
        outrider.io/proxy-log-level: warning
        last: "yes"
`),
    );
    expect(notes).to.deep.equal([
      'document 1 (line 1), Deployment/web: translated: annotation traffic.sidecar.istio.io/excludeOutboundPorts to annotation outrider.io/exclude-outbound-ports=5432',
      'document 1 (line 1), Deployment/web: translated: annotation sidecar.istio.io/logLevel to annotation outrider.io/proxy-log-level=warning',
      "document 1 (line 1), Deployment/web: not needed: annotation sidecar.istio.io/status: Istio's injector writes it",
      istioNote,
    ]);
  });

  it('tells of keys that stand on the Deployment itself, where no mesh reads them, and leaves them', () => {
    const misplaced = (annotations: string): string =>
      deployment('').replace('  name: web\n', `  name: web\n  annotations: {${annotations}}\n`);
    const remedy = 'where pods should have it, move it to the metadata of the template, and migrate again';
    const text = misplaced(
      'sidecar.istio.io/proxyCPU: 50m, traffic.kuma.io/exclude-inbound-ports: "1", a: b',
    );
    expect(migrated(text)).to.deep.include({
      text,
      notes: [
        `document 1 (line 1), Deployment/web: no equivalent: annotation sidecar.istio.io/proxyCPU of the Deployment itself: Istio reads it on pods alone: ${remedy}`,
        `document 1 (line 1), Deployment/web: no equivalent: annotation traffic.kuma.io/exclude-inbound-ports of the Deployment itself: Kuma reads it on pods alone: ${remedy}`,
      ],
    });
    // It only describes, wherever it stands.
    expect(migrated(misplaced('install.operator.istio.io/version: "1"')).notes).to.deep.equal([
      'document 1 (line 1), Deployment/web: nothing of another mesh: unchanged',
    ]);
  });

  it('says the same twice: what it has translated, it leaves alone', () => {
    const { text } = migrated(
      deployment('      annotations: {config.linkerd.io/skip-outbound-ports: "25", a: b}\n'),
    );
    expect(text).to.equal(
      deployment('      annotations: {outrider.io/exclude-outbound-ports: "25", a: b}\n'),
    );
    expect(migrated(text)).to.deep.equal({
      ok: true,
      text,
      notes: ['document 1 (line 1), Deployment/web: nothing of another mesh: unchanged'],
    });
  });

  it('translates namespaces, pods and templates of one file, and tells of the rest', () => {
    const text = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations:
    linkerd.io/inject: enabled
    config.linkerd.io/proxy-cpu-request: 50m
---
${deployment('      annotations: {linkerd.io/inject: disabled}\n')}---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: {name: web}
---
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {config.linkerd.io/opaque-ports: "5432"}}
---
kind: ConfigMap
`;
    const { text: after, notes } = migrated(text);
    expect(after).to.equal(`apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations:
    outrider.io/proxy-cpu: 50m
  labels:
    outrider.io/injection: enabled
---
${deployment('').replace('        app: web\n', '        app: web\n        outrider.io/inject: "false"\n')}---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: {name: web}
---
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {config.linkerd.io/opaque-ports: "5432"}}
---
kind: ConfigMap
`);
    expect(notes).to.deep.equal([
      'document 1 (line 1), Namespace/shop: translated: annotation linkerd.io/inject to label outrider.io/injection=enabled',
      'document 1 (line 1), Namespace/shop: translated: annotation config.linkerd.io/proxy-cpu-request to annotation outrider.io/proxy-cpu=50m',
      'document 2 (line 9), Deployment/web: translated: annotation linkerd.io/inject to label outrider.io/inject=false',
      'document 3 (line 26), Server/web: no equivalent: Server of Linkerd: what may come in is for a NetworkPolicy to say',
      'document 4 (line 30), Service/web: no equivalent: annotation config.linkerd.io/opaque-ports: Outrider reads none on a Service',
      'document 5 (line 34), ConfigMap: holds no pod: unchanged',
      'note: Linkerd encrypts connections between its pods (mutual TLS), and balances and retries requests: Outrider does not (docs/migrate.md)',
    ]);
  });

  it("translates each field of Istio's ProxyConfig, and keeps the text where one of them has no equivalent", () => {
    const all = `concurrency: 2
terminationDrainDuration: 1m30.5s
interceptionMode: TPROXY
holdApplicationUntilProxyStarts: true
tracing: {sampling: 12.5}
`;
    expect(migratedPod({ annotations: { 'proxy.istio.io/config': all } }).metadata.annotations).to.deep.equal(
      {
        'outrider.io/proxy-concurrency': '2',
        'outrider.io/drain-seconds': '91',
        'outrider.io/redirect-mode': 'tproxy',
        'outrider.io/tracing-sampling': '12.5',
      },
    );
    const some = '{"concurrency": 0, "tracing": {"zipkin": {"address": "zipkin:9411"}}, "own": 1}';
    const { text, notes } = migrated(
      deployment(`      annotations:\n        proxy.istio.io/config: '${some}'\n`),
    );
    expect(text).to.equal(deployment(`      annotations:\n        proxy.istio.io/config: '${some}'\n`));
    expect(notes).to.deep.equal([
      'document 1 (line 1), Deployment/web: not needed: annotation proxy.istio.io/config, field concurrency: there is a thread for each CPU of the limit',
      'document 1 (line 1), Deployment/web: no equivalent: annotation proxy.istio.io/config, field own: the field is not known',
      'document 1 (line 1), Deployment/web: no equivalent: annotation proxy.istio.io/config, field tracing.zipkin: a collector is told by OTLP over gRPC: outrider.io/tracing-endpoint=host:port',
    ]);
  });

  it('tells of keys that nobody knows, and of those that are not read where they stand', () => {
    const { text, notes } = migrated(
      deployment(
        '      annotations: {sidecar.istio.io/proxyCpu: "1", istio-injection: enabled, config.linkerd.io/new: x}\n',
      ),
    );
    expect(text).to.include(
      'sidecar.istio.io/proxyCpu: "1", istio-injection: enabled, config.linkerd.io/new: x',
    );
    expect(notes).to.deep.equal([
      'document 1 (line 1), Deployment/web: no equivalent: annotation sidecar.istio.io/proxyCpu: it is not known to outrider migrate',
      'document 1 (line 1), Deployment/web: no equivalent: annotation istio-injection: Istio does not read this annotation on a pod',
      'document 1 (line 1), Deployment/web: no equivalent: annotation config.linkerd.io/new: it is not known to outrider migrate',
    ]);
  });

  it('hears the label where the annotation says otherwise, as Istio does', () => {
    const { metadata } = migratedPod({
      labels: { 'sidecar.istio.io/inject': 'true' },
      annotations: { 'sidecar.istio.io/inject': 'false' },
    });
    expect(metadata).to.deep.equal({
      name: 'shop',
      namespace: 'shop',
      labels: { 'outrider.io/inject': 'true' },
    });
  });

  it('hears the injection where there is a revision, too', () => {
    const of = (labels: object) => migratedNamespace({ labels }).metadata.labels;
    expect(of({ 'istio-injection': 'disabled', 'istio.io/rev': 'canary' })).to.deep.equal({
      'outrider.io/injection': 'disabled',
    });
    const { labels } = migratedPod({
      labels: { 'sidecar.istio.io/inject': 'false', 'istio.io/rev': 'canary' },
    }).metadata;
    expect(labels).to.deep.equal({ 'outrider.io/inject': 'false' });
  });

  it('says how to choose an injector where there is a revision, and chooses none', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: {} } };
    namespace.metadata.labels = { 'istio.io/rev': 'stable' };
    const { text, notes } = migrated(JSON.stringify(namespace));
    expect(JSON.parse(text).metadata.labels).to.deep.equal({ 'outrider.io/injection': 'enabled' });
    expect(notes.join('\n')).to.include(
      "Istio's revision is none of Outrider's: for one of those, where you have several, add the label outrider.io/revision",
    );
  });

  it('does not exclude inbound ports where Istio would not', () => {
    const { annotations } = migratedPod({
      annotations: {
        'traffic.sidecar.istio.io/includeInboundPorts': '80,443',
        'traffic.sidecar.istio.io/excludeInboundPorts': '443',
      },
    }).metadata;
    expect(annotations).to.deep.equal({ 'outrider.io/include-inbound-ports': '80,443' });
  });

  it('leaves what is said to Outrider already', () => {
    const { annotations } = migratedPod({
      annotations: { 'sidecar.istio.io/proxyCPU': '1', 'outrider.io/proxy-cpu': '50m' },
    }).metadata;
    expect(annotations).to.deep.equal({ 'outrider.io/proxy-cpu': '50m' });
  });

  it('leaves a gateway of Istio alone', () => {
    const text = deployment(
      '      annotations: {inject.istio.io/templates: gateway, sidecar.istio.io/inject: "true"}\n',
    );
    expect(migrated(text)).to.deep.equal({
      ok: true,
      text,
      notes: ['document 1 (line 1), Deployment/web: is a gateway of Istio, and Outrider has none: unchanged'],
    });
  });

  it('makes a pod that the webhook takes of one that it refuses', () => {
    const labels = { 'sidecar.istio.io/inject': 'true' };
    const annotations = { 'sidecar.istio.io/proxyCPU': '3', 'proxy.istio.io/config': '{"concurrency": 3}' };
    const proxy = byName(inject(migratedPod({ labels, annotations })).spec.initContainers, 'outrider-proxy');
    expect(proxy.resources.requests.cpu).to.equal('3');
    expect(proxy.resources.limits.cpu).to.equal('3');
    expect(proxy.args.join(' ')).to.include('--concurrency 3');
  });
});

describe('outrider migrate leaves every other byte', () => {
  for (const { name, text } of corpus) {
    it(`of ${name}`, () => {
      expect(migrated(text).text).to.equal(text);
    });
  }

  it('of JSON, of lines that end as on Windows, and of a last line without an end', () => {
    const json =
      '{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"a","labels":{"istio-injection":"enabled"}}}';
    expect(migrated(json).text).to.equal(json.replace('istio-injection', 'outrider.io/injection'));
    const lines = deployment("      annotations:\n        'sidecar.istio.io/proxyCPU' : 50m\n");
    const windows = lines.replaceAll('\n', '\r\n').trimEnd();
    expect(migrated(windows).text).to.equal(
      windows.replace('sidecar.istio.io/proxyCPU', 'outrider.io/proxy-cpu'),
    );
  });
});
