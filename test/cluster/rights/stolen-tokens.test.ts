import { expect } from 'chai';
import { ExecaError } from 'execa';
import type { JsonObject } from '../../../webhook/admission/json.ts';
import { objectOf, objectsOf } from '../../../webhook/admission/json.ts';
import { openApi } from '../../../webhook/cluster/api.ts';
import { useNamespace } from '../fixture.ts';
import { kubectl } from '../kubectl.ts';
import { useOutrider } from '../use-outrider.ts';
import { type Account, becomeAccount } from './account.ts';
import { anybodys, mayAnywhere, mayInSystem, publicPaths } from './allowed.ts';
import { refusedByPolicies } from './policy-attempts.ts';
import { refusedByRbac, refusedToWebhook } from './rbac-attempts.ts';

const namespace = 'stolen';
const attempts = [...refusedByRbac, ...refusedToWebhook, ...refusedByPolicies];
const names = ['outrider-webhook', 'outrider-certificates'] as const;

describe('the stolen token of', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  const accounts = new Map<string, Account>();
  const accountOf = (name: string): Account => accounts.get(name) as Account;

  before(async () => {
    const admin = openApi({ kubeconfig: cluster().kubeconfig });
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    for (const name of names) accounts.set(name, await becomeAccount(cluster(), admin, name));
  });
  after(async () => {
    for (const account of accounts.values()) await account.dispose();
  });

  const rulesIn = async ({ api }: Account, of: string): Promise<JsonObject> =>
    objectOf(
      (
        await api.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
          spec: { namespace: of },
        })
      ).status,
    );
  /** What the API server tells the account of itself, a line for each verb. */
  const allowedIn = async (account: Account, of: string): Promise<string[]> => {
    const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
    const lines = objectsOf((await rulesIn(account, of)).resourceRules).flatMap((rule) =>
      texts(rule.apiGroups).flatMap((group) =>
        texts(rule.resources).flatMap((resource) =>
          (texts(rule.resourceNames).length > 0 ? texts(rule.resourceNames) : ['']).flatMap((name) =>
            texts(rule.verbs).map((verb) => {
              const kind = group === '' ? resource : `${resource}.${group}`;
              return `${verb} ${kind}${name === '' ? '' : `/${name}`}`;
            }),
          ),
        ),
      ),
    );
    return [...new Set(lines)].sort();
  };

  for (const name of names) {
    describe(name, () => {
      for (const where of ['default', 'kube-system', namespace, 'nowhere']) {
        it(`may do in the namespace ${where} what it may do everywhere, and no more`, async () => {
          const expected = [...anybodys, ...mayAnywhere[name]].sort();
          expect(await allowedIn(accountOf(name), where)).to.deep.equal(expected);
        });
      }

      it('may do in outrider-system what the security model says', async () => {
        const expected = [...anybodys, ...mayAnywhere[name], ...mayInSystem[name]].sort();
        expect(await allowedIn(accountOf(name), 'outrider-system')).to.deep.equal(expected);
      });

      it('may read of the API server itself what everybody may', async () => {
        const rules = objectsOf((await rulesIn(accountOf(name), 'default')).nonResourceRules);
        const paths = rules.flatMap(({ nonResourceURLs }) => nonResourceURLs as string[]);
        expect(new Set(rules.flatMap(({ verbs }) => verbs as string[]))).to.deep.equal(new Set(['get']));
        expect(publicPaths).to.include.members(paths);
      });

      for (const { what, by, method, path, body, type, refused } of attempts) {
        if (by !== undefined && by !== name) continue;
        it(`does not let who has it ${what}`, async () => {
          const { api } = accountOf(name);
          const call =
            method === 'GET'
              ? api.get(path).then((found) => JSON.stringify(found))
              : api.send(method, path, body ?? {}, type).then((done) => JSON.stringify(done));
          const answer = await call.then(
            (text) => `done: ${text}`,
            (error: Error) => error.message,
          );
          expect(answer).to.contain(refused);
        });
      }

      it('does not let who has it be somebody else', async () => {
        for (const [as, refused] of [
          [['--as=admin', '--as-group=system:masters'], 'cannot impersonate resource "users"'],
          [
            ['--as=system:serviceaccount:kube-system:default'],
            'cannot impersonate resource "serviceaccounts"',
          ],
        ] as const) {
          const { kubeconfig } = accountOf(name);
          const answer = await kubectl({ ...cluster(), kubeconfig }, [
            'get',
            '--raw=/api/v1/namespaces',
            ...as,
          ]).catch((error: unknown) =>
            error instanceof ExecaError ? String(error.stderr) : Promise.reject(error),
          );
          expect(answer).to.contain(refused);
        }
      });
    });
  }

  it('outrider-webhook lets who has it write Events of any namespace, as the security model says', async () => {
    const event = {
      metadata: { name: 'false', namespace },
      involvedObject: { kind: 'Namespace', name: namespace, namespace },
      reason: 'False',
      message: 'nothing of this is true',
    };
    const path = `/api/v1/namespaces/${namespace}/events`;
    const made = await accountOf('outrider-webhook').api.send('POST', path, event);
    expect(made).to.include({ reason: 'False' });
  });

  it('outrider-certificates lets who has it have the key of the CA, as the security model says', async () => {
    const secret = await accountOf('outrider-certificates').api.get(
      '/api/v1/namespaces/outrider-system/secrets/outrider-ca',
    );
    expect(objectOf(secret?.data)).to.have.property('tls.key');
  });
});
