import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { workloadPaths } from '../../../webhook/server/workload-handler.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests as they are written.
const read = (file: string): any =>
  parse(readFileSync(new URL(`../../../manifests/${file}`, import.meta.url), 'utf8'), { merge: true });

const { webhooks } = read('warning-configuration.yaml');
const ofPods = read('webhook-configuration.yaml').webhooks;

describe('the configuration of the warnings', () => {
  it('has one webhook for each path of the server', () => {
    expect(webhooks.map(({ clientConfig }: typeof webhooks) => clientConfig.service.path)).to.deep.equal([
      workloadPaths.enabledNamespace,
      workloadPaths.labelledPods,
    ]);
  });

  for (const [index, webhook] of webhooks.entries()) {
    it(`looks at the namespaces of the pods' webhook, and refuses nothing: ${webhook.name}`, () => {
      expect(webhook.namespaceSelector).to.deep.equal(ofPods[index].namespaceSelector);
      expect(webhook).to.include({ failurePolicy: 'Ignore', sideEffects: 'None', timeoutSeconds: 1 });
      expect(webhook.clientConfig).not.to.have.property('caBundle');
    });
  }
});
