import { removeAuditor } from '../auditing.ts';
import { enableInjection, template } from '../calling.ts';
import { useNamespace } from '../fixture.ts';
import { kubectl } from '../kubectl.ts';
import { busybox } from '../pods.ts';
import { until } from '../polling.ts';
import { useOutrider } from '../use-outrider.ts';
import { createProof, expectDone, type Proof, patience } from './proof.ts';
import { restartReasons } from './reasons.ts';
import { renderWith } from './render.ts';
import { isRbac } from './right.ts';
import { workloadNamespace } from './uses.ts';

const script = 'trap exit TERM; while sleep 1; do :; done';
const args = ['--restart', '--restart-interval=1s'];

describe('each right of the auditor that restarts', function () {
  this.timeout(patience * 3);
  const cluster = useOutrider();
  const workloads = restartReasons.map(({ kind, onDelete, ...rest }) => {
    const workload = onDelete ? 'evicted' : kind.toLowerCase();
    return { ...rest, kind, onDelete, workload, namespace: workloadNamespace(workload) };
  });
  for (const { namespace } of workloads) useNamespace(cluster, namespace);
  let proof: Proof;
  const run = (args: readonly string[], input = ''): Promise<string> => kubectl(cluster(), args, { input });
  const apply = (items: readonly object[]): Promise<string> =>
    run(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

  /** A workload of one pod, that runs. */
  const create = async ({ kind, onDelete, namespace }: (typeof workloads)[number]): Promise<void> => {
    const pods = template('app', [{ ...busybox, name: 'app', command: ['sh', '-c', script] }]);
    const spec = {
      ...pods,
      ...(kind === 'StatefulSet' && { serviceName: 'app' }),
      ...(onDelete && { updateStrategy: { type: 'OnDelete' } }),
    };
    await enableInjection(cluster(), namespace);
    await apply([{ apiVersion: 'apps/v1', kind, metadata: { name: 'app', namespace }, spec }]);
  };
  before(async () => {
    const objects = (await renderWith(cluster(), ['auditor', 'auditor-restart'])).filter(isRbac);
    await apply(objects);
    proof = await createProof(cluster(), objects);
    for (const workload of workloads) await create(workload);
    for (const { namespace } of workloads) {
      await run(['-n', namespace, 'wait', 'pod', '-l', 'app=app', '--for=condition=Ready', '--timeout=90s']);
    }
  });
  after(async () => {
    await proof.dispose();
    await removeAuditor(cluster());
  });

  for (const { kind, onDelete, use, reasons } of workloads) {
    describe(`for a ${kind}${onDelete ? ' whose strategy is OnDelete' : ''}`, () => {
      const families = (): string => `--ip-families=${cluster().families}`;
      for (const reason of reasons) {
        // Whoever has refused a restart once is not asked again for an hour: another program is, below.
        it(`is missed: ${reason.right}, for ${reason.for}`, () =>
          proof.miss(reason, 'auditor', [families(), ...args], 'left'));
      }

      it('has it restarted, with all the others', async () => {
        const program = await proof.start('outrider-auditor', 'auditor', [families(), ...args]);
        try {
          await until(() => program.isReady(), AbortSignal.timeout(patience));
          await expectDone(use, { admin: proof.admin, program });
        } finally {
          await program.stop();
        }
      });
    });
  }
});
