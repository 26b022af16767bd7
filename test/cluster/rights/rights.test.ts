import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { JsonObject } from '../../../webhook/admission/json.ts';
import { valueAt } from '../../../webhook/admission/pod-holders.ts';
import { removeAuditor } from '../auditing.ts';
import { useNamespace } from '../fixture.ts';
import { kubectl } from '../kubectl.ts';
import { until } from '../polling.ts';
import { useOutrider } from '../use-outrider.ts';
import { readDocumentedRights } from './documented.ts';
import type { Program } from './program.ts';
import { createProof, type Proof, patience } from './proof.ts';
import { auditorReasons, certificateReasons, restartReasons, webhookReasons } from './reasons.ts';
import { renderWith } from './render.ts';
import { grantedBy, isRbac, rightsOf, textOf } from './right.ts';
import { namespace } from './uses.ts';

const securityModel = join(import.meta.dirname, '../../../docs/security-model.md');
const everything = ['auditor', 'auditor-restart', 'kubernetes-1.29'];
const nameOf = ({ metadata }: JsonObject): string => String(valueAt(metadata, ['name']));
const isBackstop = (object: JsonObject): boolean =>
  object.kind === 'ValidatingWebhookConfiguration' && nameOf(object) === 'outrider-backstop';
const isPolicyOfPods = (object: JsonObject): boolean =>
  /^ValidatingAdmissionPolicy/.test(String(object.kind)) && nameOf(object).startsWith('outrider-backstop');

describe('each right that is installed', function () {
  this.timeout(patience * 3);
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  let proof: Proof;
  /** The policies of another revision, and the rights of its accounts. */
  let others: readonly JsonObject[];
  let ofRevision: readonly string[];
  const run = (args: readonly string[], objects: readonly object[] = []): Promise<string> =>
    kubectl(cluster(), args, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
  const system = (...args: readonly string[]): Promise<string> => run(['-n', 'outrider-system', ...args]);
  const keeper = 'deployment/outrider-certificates';

  before(async () => {
    await run(['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    // Two replicas of a program that lacks a right would each do a part of the other's work.
    await system('scale', keeper, '--replicas=0');
    const ended = ['pod', '-l', 'app.kubernetes.io/component=certificates', '--timeout=60s'];
    await system('wait', '--for=delete', ...ended);
    const objects = (await renderWith(cluster(), everything)).filter((one) => isRbac(one) || isBackstop(one));
    const revision = await renderWith(cluster(), ['revision']);
    others = revision.filter(isPolicyOfPods);
    await run(['apply', '-f', '-'], [...objects, ...others]);
    ofRevision = grantedBy(revision).flatMap(rightsOf).map(textOf);
    proof = await createProof(cluster(), objects);
  });
  after(async () => {
    await proof.dispose();
    await run(['delete', '-f', '-'], others);
    await run(['delete', 'validatingwebhookconfiguration', 'outrider-backstop', '--ignore-not-found']);
    await system('delete', 'configmap', 'outrider-config', '--ignore-not-found');
    await removeAuditor(cluster());
    await run(['apply', '-f', '-'], (await renderWith(cluster(), [])).filter(isRbac));
    await system('scale', keeper, '--replicas=1');
    await system('rollout', 'status', '--timeout=120s', keeper);
  });

  const installed = (): string[] => proof.granted.flatMap(rightsOf).map(textOf).sort();

  it('has a reason', () => {
    const restarting = restartReasons.flatMap(({ reasons }) => reasons);
    const all = [...certificateReasons, ...webhookReasons, ...auditorReasons, ...restarting];
    expect(installed()).to.deep.equal(all.map(({ right }) => right).sort());
  });

  it('is the same of another revision, of the objects by its own names', async () => {
    const byDefault = grantedBy(await renderWith(cluster(), []))
      .flatMap(rightsOf)
      .map(textOf);
    expect(ofRevision.map((text) => text.replaceAll('-canary', '')).sort()).to.deep.equal(byDefault.sort());
    for (const text of ofRevision) {
      const [, account, name = account] = /^(\S+): \S+ [^/ ]+(?:\/(\S+))?/.exec(text) ?? [];
      for (const one of [account, name]) expect(one, text).to.match(/-canary$/);
    }
  });

  it('stands in docs/security-model.md, with what a stolen token can do by it', async () => {
    const documented = readDocumentedRights(await readFile(securityModel, 'utf8'));
    expect(documented.map(textOf).sort()).to.deep.equal(installed());
  });

  for (const reason of certificateReasons) {
    it(`is missed: ${reason.right}, for ${reason.for}`, () =>
      proof.miss(reason, 'certificates', ['--backstop-configuration=outrider-backstop'], 'given back'));
  }

  describe('while certificates are kept', () => {
    let keeping: Program;
    before(async () => {
      keeping = await proof.start('outrider-certificates', 'certificates', []);
      await until(() => keeping.isReady(), AbortSignal.timeout(patience));
    });
    after(() => keeping.stop());

    for (const reason of webhookReasons) {
      it(`is missed: ${reason.right}, for ${reason.for}`, () =>
        proof.miss(reason, 'webhook', ['--ip-families=ipv4'], 'given back'));
    }
    for (const reason of auditorReasons) {
      it(`is missed: ${reason.right}, for ${reason.for}`, () =>
        proof.miss(reason, 'auditor', ['--ip-families=ipv4'], 'given back'));
    }
  });
});
