import { expect } from 'chai';
import { renderChecked } from '../../../webhook/offline/check-report.ts';
import { checkState } from '../../../webhook/offline/check-state.ts';
import { inject, pod } from '../pods.ts';
import { offline, problemsOf } from './corpus.ts';

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { 'outrider.io/injection': 'enabled' } },
};

function report(object: object, labels: object = namespace.metadata.labels): string[] {
  const result = checkState(
    { object, namespace: { ...namespace, metadata: { name: 'shop', labels } } },
    offline,
  );
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return renderChecked(result.checked).trimEnd().split('\n');
}

describe('the check of what a cluster holds', () => {
  it('tells of a pod without a proxy that it is older than what would inject it', () => {
    const lines = report(pod());
    expect(lines[0]).to.equal('Pod/shop: inject: the namespace is labelled outrider.io/injection=enabled');
    expect(lines[1]).to.equal('  namespace  shop, labelled outrider.io/injection=enabled');
    expect(lines.at(-1)).to.equal(
      '  proxy      is not there: the pod is older than what injects it: delete the pod, and it is made anew',
    );
  });

  it('tells of a pod with a proxy that it is there', () => {
    expect(report(inject(pod())).at(-1)).to.equal('  proxy      is there already');
    expect(report(inject(pod()), {})[0]).to.equal(
      'Pod/shop: skip: namespace shop is not labelled outrider.io/injection=enabled',
    );
  });

  it('compares a proxy with what the same webhook would inject today', () => {
    const injector = { families: ['ipv4', 'ipv6'], initImage: 'mirror.example/outrider:0.1.0' } as const;
    const older = inject(pod(), { injector });
    expect(report(older).at(-1)).to.equal('  proxy      is there already');
    older.spec.initContainers[0].args.push('--disable-extensions');
    expect(report(older).at(-1)).to.equal(
      '  proxy      is there, but not as it would be injected today: delete the pod, and it is made anew',
    );
  });

  it('says nothing of the proxy of a pod that is to have none, nor of a template', () => {
    expect(report(pod(), {}).join()).to.not.include('  proxy  ');
    const { metadata, spec } = pod();
    const template = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template: { spec } } };
    expect(report(template)[0]).to.match(/^Deployment\/shop: inject: /);
    expect(report(template).join()).to.not.include('  proxy  ');
  });

  it('names the object of which something is wrong', () => {
    const state = { object: pod({ spec: { containers: 7 } }), namespace };
    expect(problemsOf(checkState(state, offline))).to.deep.equal([
      'Pod/shop: spec.containers: expected a list',
    ]);
  });
});
