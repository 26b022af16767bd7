import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { warningPaths } from '../../../webhook/server/warning-handler.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests as they are written.
const read = (file: string): any =>
  parse(readFileSync(new URL(`../../../manifests/${file}`, import.meta.url), 'utf8'), { merge: true });

const { webhooks } = read('warning-configuration.yaml');
const ofPods = read('webhook-configuration.yaml').webhooks;

describe('the configuration of the warnings', () => {
  it('has webhooks for all paths of the server', () => {
    expect(webhooks.map(({ clientConfig }: typeof webhooks) => clientConfig.service.path)).to.deep.equal([
      warningPaths.enabledNamespace,
      warningPaths.labelledPods,
      warningPaths.defaults,
      warningPaths.defaults,
    ]);
  });

  for (const webhook of webhooks) {
    it(`refuses nothing and holds nothing up: ${webhook.name}`, () => {
      expect(webhook).to.include({ failurePolicy: 'Ignore', sideEffects: 'None', timeoutSeconds: 1 });
      expect(webhook.clientConfig).not.to.have.property('caBundle');
    });
  }

  it("looks at workloads in the namespaces of the pods' webhook", () => {
    for (const index of [0, 1]) {
      expect(webhooks[index].namespaceSelector).to.deep.equal(ofPods[index].namespaceSelector);
    }
  });
});
