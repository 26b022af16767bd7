import { expect } from 'chai';
import type { Finding } from '../../../webhook/audit/finding.ts';
import { findAiling, nameOfOwner } from '../../../webhook/audit/owners.ts';
import { finding } from './found.ts';

const ailing = (...findings: (Finding & { since: number })[]): string[] =>
  findAiling(findings).map(
    ({ owner, reason, findings: own }) =>
      `${nameOfOwner(owner)} ${reason} (${own.map(({ pod }) => pod).join(', ')})`,
  );

describe('what ails', () => {
  it('is the Deployment of a ReplicaSet, which is called after the template', () => {
    expect(ailing(finding({ pod: 'web-5d4f-1' }), finding({ pod: 'web-5d4f-2' }))).to.deep.equal([
      'shop/Deployment/web missing: no proxy (web-5d4f-1, web-5d4f-2)',
    ]);
  });

  it('is a StatefulSet or DaemonSet itself', () => {
    const controller = (kind: string) => ({
      controller: { apiVersion: 'apps/v1', kind, name: 'db', namespace: 'shop', uid: 'u' },
      templateHash: undefined,
    });
    expect(
      ailing(finding({ pod: 'db-0', ...controller('StatefulSet') }), finding({ ...controller('DaemonSet') })),
    ).to.deep.equal([
      'shop/DaemonSet/db missing: no proxy (web-1)',
      'shop/StatefulSet/db missing: no proxy (db-0)',
    ]);
  });

  it('is nothing that makes no pods anew, or of which only others know how', () => {
    const others = [
      finding({ controller: undefined }),
      finding({ templateHash: undefined }),
      finding({ templateHash: '' }),
      finding({
        controller: { apiVersion: 'batch/v1', kind: 'Job', name: 'once-5d4f', namespace: 'shop', uid: 'u' },
      }),
      finding({
        controller: {
          apiVersion: 'apps.example.com/v1',
          kind: 'StatefulSet',
          name: 'db',
          namespace: 'shop',
          uid: 'u',
        },
      }),
    ];
    expect(ailing(...others)).to.deep.equal([]);
  });

  it('is nothing whose pods would be refused, or have a proxy left over', () => {
    expect(ailing(finding({ state: 'refused' }), finding({ state: 'leftover' }))).to.deep.equal([]);
  });

  it('comes with the oldest trouble first', () => {
    const at = (name: string, since: number) =>
      finding({
        pod: `${name}-1`,
        since,
        controller: { apiVersion: 'apps/v1', kind: 'StatefulSet', name, namespace: 'shop', uid: 'u' },
      });
    expect(ailing(at('late', 9), at('b', 3), at('a', 3), at('early', 1))).to.deep.equal(
      ['early', 'a', 'b', 'late'].map((name) => `shop/StatefulSet/${name} missing: no proxy (${name}-1)`),
    );
  });
});
