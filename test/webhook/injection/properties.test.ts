import { expect } from 'chai';
import fc from 'fast-check';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { renderArguments } from '../../../proxy/arguments.ts';
import { type BootstrapInput, renderBootstrap } from '../../../proxy/bootstrap.ts';
import { port } from '../../../settings/port.ts';
import type { PatchOperation } from '../../../webhook/injection/patch.ts';
import { promises, usersOf } from '../corpus/promises.ts';
import { type AnyPod, byName, inject, review, withServiceAccountToken } from '../pods.ts';
import { type Meddling, meddle, meddlings, say, someWords } from './another-webhook.ts';
import { arbitraryPod, declaredProxy, text } from './arbitrary-pod.ts';
import { expand, processOf } from './kubelet-expansion.ts';

/** Bounded in time, whatever the machine. A failure prints the seed by which it is repeated. */
const bounds = { numRuns: 300, interruptAfterTimeLimit: 8000 };

const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void): void =>
  fc.assert(fc.property(arbitrary, property), bounds);

function operationsOf(pod: AnyPod): (PatchOperation & Operation)[] {
  const { answer } = review(pod);
  if (answer.kind !== 'patched') throw new Error(JSON.stringify(answer));
  return structuredClone(answer.operations) as (PatchOperation & Operation)[];
}

/** The probes of a pod's containers, each with its container. */
function probesOf({ spec }: AnyPod): { container: AnyPod; kind: string }[] {
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap((container: AnyPod) =>
    ['startupProbe', 'livenessProbe', 'readinessProbe']
      .filter((kind) => container[kind])
      .map((kind) => ({ container, kind })),
  );
}

/** The pod without ours, and with its TCP probes as they were written: one that is handed to the proxy tells what it was. */
function removal(injected: AnyPod): AnyPod {
  const rest = usersOf(injected);
  for (const { container, kind } of probesOf(rest)) {
    const [header] = container[kind].httpGet?.httpHeaders ?? [];
    if (header?.name !== 'Outrider-Tcp-Port') continue;
    const { httpGet: _handed, ...others } = container[kind];
    const written = /^[0-9]+$/.test(header.value) ? Number(header.value) : header.value;
    container[kind] = { ...others, tcpSocket: { port: written } };
  }
  return rest;
}

function withoutHandlers(pod: AnyPod): AnyPod {
  const rest = usersOf(pod);
  for (const { container, kind } of probesOf(rest)) {
    delete container[kind].tcpSocket;
    if (container[kind].httpGet?.httpHeaders) delete container[kind].httpGet;
  }
  return rest;
}

describe('injection of an arbitrary pod', () => {
  it('is complete after one time: a second one changes no byte', () => {
    check(arbitraryPod, (pod) => {
      const once = inject(pod);
      expect(JSON.stringify(inject(once))).to.equal(JSON.stringify(once));
      expect(review(once).answer).to.deep.equal({ kind: 'allowed' });
      expect(review(withServiceAccountToken(once)).answer).to.deep.equal({ kind: 'allowed' });
    });
  });

  it('is undone by removing what is ours: nothing of the user is lost, changed or reordered', () => {
    check(arbitraryPod, (pod) => {
      expect(removal(inject(pod))).to.deep.equal(usersOf(pod));
    });
  });

  it("comes by operations that all apply, and of the user's each touches the handlers of TCP probes at most", () => {
    check(arbitraryPod, (pod) => {
      let document = structuredClone(pod);
      for (const operation of operationsOf(pod)) {
        document = jsonPatch.applyOperation(document, operation, true).newDocument;
        expect(withoutHandlers(document), JSON.stringify(operation)).to.deep.equal(withoutHandlers(pod));
      }
      expect(document).to.deep.equal(inject(pod));
    });
  });

  it('keeps what is promised of every injected pod', () => {
    check(arbitraryPod, (before) => {
      const injection = { before, after: inject(before), operations: operationsOf(before) };
      const handed = tcpProbesOf(before);
      for (const holds of Object.values(promises)) holds(injection, handed);
    });
  });

  it('starts every process of the user with the arguments and variables that it would have without', () => {
    check(arbitraryPod, (pod) => {
      const injected = inject(pod);
      for (const list of ['containers', 'initContainers']) {
        for (const container of pod.spec[list] ?? []) {
          expect(processOf(byName(injected.spec[list], container.name))).to.deep.equal(processOf(container));
        }
      }
    });
  });

  it('starts our own with JSON that the kubelet has expanded, and nothing unknown left in it', () => {
    const fields = { POD_NAME: 'shop', POD_NAMESPACE: 'shop', POD_IP: '192.0.2.1' };
    check(arbitraryPod, (pod) => {
      const [proxy, init] = inject(pod).spec.initContainers;
      const { command } = processOf(proxy, fields);
      expect(command.join(' ')).not.to.include('$');
      JSON.parse(command[command.indexOf('--config-yaml') + 1] ?? '');
      JSON.parse(processOf(init).variables.OUTRIDER_CONFIG ?? '');
    });
  });
});

/** Paths of the probes that injection hands to the proxy, in the form of `promises`. */
function tcpProbesOf(pod: AnyPod): string[] {
  const { spec } = pod;
  const after = inject(pod).spec;
  return ['containers', 'initContainers'].flatMap((list) =>
    (spec[list] ?? []).flatMap((container: AnyPod) =>
      ['livenessProbe', 'readinessProbe']
        .filter((kind) => container[kind]?.tcpSocket && !byName(after[list], container.name)[kind].tcpSocket)
        .map((kind) => `${list}.${container.name}.${kind}`),
    ),
  );
}

describe('a text', () => {
  it('survives in the bootstrap, whatever it holds: dollars, quotes, line breaks, other scripts', () => {
    const input: Omit<BootstrapInput, 'adminSocket'> = {
      outboundPort: port(15001),
      inboundPort: port(15006),
      families: ['ipv4'],
      probes: [],
    };
    const node = { id: 'a', cluster: 'b' };
    const variables = { X: 'expanded', HOME: '/root' };
    check(text, (adminSocket) => {
      const args = renderArguments({ ...input, adminSocket, logLevel: 'info', concurrency: 1, node });
      const started = expand(args[args.indexOf('--config-yaml') + 1] ?? '', variables);
      expect(JSON.parse(started)).to.deep.equal(renderBootstrap({ ...input, adminSocket }));
    });
  });
});

describe('another webhook between two calls', () => {
  it('does what it likes to our containers and volume: the second call repairs it, and the user keeps the rest', () => {
    check(fc.tuple(arbitraryPod, fc.array(meddlings, { minLength: 1, maxLength: 6 })), ([pod, some]) => {
      const meddled = some.reduce((changed: AnyPod, one: Meddling) => meddle(changed, one), inject(pod));
      const repaired = inject(meddled);
      expect(removal(repaired)).to.deep.equal(removal(meddled));
      // As if the other one had come before the first call.
      const wanted = inject(removal(meddled));
      expect(repaired.spec.initContainers).to.deep.equal(wanted.spec.initContainers);
      const ours = repaired.spec.volumes.filter(({ name }: AnyPod) => name === 'outrider-run');
      expect(ours).to.deep.equal([byName(wanted.spec.volumes, 'outrider-run')]);
      expect(review(repaired).answer).to.deep.equal({ kind: 'allowed' });
    });
  });

  it("has its word on what is others': a call after it changes nothing, nor does a repair of what is ours", () => {
    check(fc.tuple(arbitraryPod, someWords), ([pod, some]) => {
      const changed = say(inject(pod), some);
      expect(review(changed).answer).to.deep.equal({ kind: 'allowed' });
      const stripped = meddle(changed, { what: 'drops restartPolicy of the proxy', at: 0 });
      expect(inject(stripped)).to.deep.equal(changed);
    });
  });

  it("has no word where settings are enforced, but for what a plugin of the API server's would insist on", () => {
    const around = { annotations: { 'outrider.io/enforced': 'proxy-log-level' } };
    check(fc.tuple(arbitraryPod, someWords), ([pod, some]) => {
      const honest = inject(pod, around);
      const insisted = some.filter((one) => one === 'pulls the images each time');
      expect(inject(say(honest, some), around)).to.deep.equal(say(honest, insisted));
    });
  });
});

describe("the author's word on the proxy", () => {
  const declared = fc.tuple(arbitraryPod, declaredProxy, fc.boolean()).map(([pod, proxy, first]) => {
    const changed = structuredClone(pod);
    // What the author asks for might not fit into the pod's own, which is refused by name.
    delete changed.spec.resources;
    if (first) changed.spec.initContainers = [...(changed.spec.initContainers ?? []), proxy];
    else changed.spec.containers.push(proxy);
    return { pod: changed, proxy };
  });

  it('outlives every further call, byte by byte, and what another webhook does to the pod in between', () => {
    check(fc.tuple(declared, meddlings), ([{ pod }, meddling]) => {
      const once = inject(pod);
      expect(JSON.stringify(inject(once))).to.equal(JSON.stringify(once));
      expect(removal(once)).to.deep.equal(usersOf(pod));
      const repaired = inject(meddle(once, meddling));
      expect(review(repaired).answer).to.deep.equal({ kind: 'allowed' });
    });
  });

  it("reaches the process: the author's variables come behind the proxy's own, with the values that they say", () => {
    const fields = { POD_NAME: 'shop-0', POD_NAMESPACE: 'shop', POD_IP: '192.0.2.1' };
    const own = Object.keys(fields).map((name) => ({ name }));
    check(declared, ({ pod, proxy }) => {
      const [injected] = inject(pod).spec.initContainers;
      const { variables } = processOf({ env: [...own, ...(proxy.env ?? [])] }, fields);
      expect(processOf(injected, fields).variables).to.deep.equal(variables);
    });
  });
});
