import { expect } from 'chai';
import { execa } from 'execa';
import { useCluster, useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox } from './pods.ts';

const namespace = 'node-test';

/** A web server on both families, with a sidecar that does nothing, and a service in front. */
const web = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    terminationGracePeriodSeconds: 0,
    initContainers: [{ ...busybox, name: 'sidecar', restartPolicy: 'Always' }],
    containers: [
      {
        ...busybox,
        name: 'server',
        command: ['sh', '-c', "echo hello > /index.html; echo serving; exec httpd -f -p '[::]:8080'"],
        readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
      },
    ],
  },
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: {
    selector: { app: 'web' },
    ipFamilyPolicy: 'PreferDualStack',
    ports: [{ port: 80, targetPort: 8080 }],
  },
};

const client = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client' },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ ...busybox, name: 'client' }] },
};

describe('the cluster for tests', function () {
  this.timeout(30_000);
  const cluster = useCluster();
  useNamespace(cluster, namespace);

  const run = (...args: string[]) => kubectl(cluster(), ['-n', namespace, ...args]);
  const familyCount = () => (cluster().families === 'dual' ? 2 : 1);

  before(async function () {
    // A node of kind pulls the image first.
    this.timeout(120_000);
    const items = [service, web, client];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl(cluster(), ['-n', namespace, 'apply', '-f', '-'], { input: list });
    await run('wait', 'pod', '--all', '--for=condition=Ready', '--timeout=90s');
  });

  it('has a node that is ready', async () => {
    const status = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
    expect(await run('get', 'nodes', '-o', `jsonpath=${status}`)).to.equal('True');
  });

  it('runs a pod with a native sidecar', async () => {
    const [, ready] = (await run('get', 'pod', 'web', '--no-headers')).split(/ +/);
    expect(ready).to.equal('2/2');
  });

  it('gives a pod an address of each family', async () => {
    const addresses = (await run('get', 'pod', 'web', '-o', 'jsonpath={.status.podIPs[*].ip}')).split(' ');
    expect(addresses).to.have.length(familyCount());
    expect(addresses.filter((address) => address.includes(':'))).to.have.length(familyCount() - 1);
  });

  it('shows the log of a pod', async () => {
    expect(await run('logs', 'web', '-c', 'server')).to.equal('serving');
  });

  it('runs a command in a pod', async () => {
    expect(await run('exec', 'client', '--', 'hostname')).to.equal('client');
  });

  it('forwards a port of this machine to a pod', async () => {
    const forward = execa(cluster().kubectl, ['-n', namespace, 'port-forward', 'pod/web', ':8080'], {
      env: { KUBECONFIG: cluster().kubeconfig },
      reject: false,
    });
    try {
      const port = await new Promise((resolve) => {
        forward.stdout.on('data', (text) => resolve(/127\.0\.0\.1:(\d+) ->/.exec(text)?.[1]));
        forward.stdout.on('end', () => resolve(undefined));
      });
      expect(port, 'the port on this machine').to.be.a('string');
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).to.equal('hello\n');
    } finally {
      forward.kill();
      await forward;
    }
  });

  for (const pod of ['client', 'web']) {
    it(`brings the pod '${pod}' to a service by its address of each family`, async () => {
      const addresses = (await run('get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIPs[*]}')).split(
        ' ',
      );
      expect(addresses).to.have.length(familyCount());
      for (const address of addresses) {
        const url = `http://${address.includes(':') ? `[${address}]` : address}/`;
        expect(await run('exec', pod, '--', 'wget', '-qO-', url), url).to.equal('hello');
      }
    });
  }
});
