import { named, of, patch, system, webhookConfiguration } from './attempt.ts';

const ofWebhook = 'outrider: outrider-certificates changes nothing of a webhook but its caBundle';
const ofConfiguration =
  'outrider: outrider-certificates changes nothing of a configuration but the caBundle of its webhooks';
const ofSecrets =
  'outrider: outrider-certificates makes no Secret but outrider-ca and outrider-webhook-certificates';
const elsewhere = { name: 'elsewhere', namespace: 'stolen', path: '/mutate/enabled-namespace' };
const makesSecret = { method: 'POST', path: `${system}/secrets`, refused: ofSecrets } as const;

/** From the server's side: the webhook is one of two, merged by its name. */
const applied = {
  method: 'PATCH',
  type: 'apply-patch+yaml',
  path: `${webhookConfiguration}?fieldManager=mine&force=true`,
} as const;
const configuration = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  ...named('outrider-webhook'),
};
const noCertificate = { 'tls.crt': '', 'tls.key': '' };
const secrets = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] };

/** RBAC would let them pass: policies refuse them. */
export const refusedByPolicies = of('outrider-certificates', [
  ...(
    [
      ['have the API server ask another server', { clientConfig: { service: elsewhere } }],
      ['be asked about all namespaces', { namespaceSelector: {} }],
      ['be asked about Secrets', { rules: [secrets] }],
      ['let pods start without the webhook', { failurePolicy: 'Ignore' }],
      ['have it wait for longer', { timeoutSeconds: 30 }],
      ['have it not be asked again', { reinvocationPolicy: 'Never' }],
      ['leave out pods by a condition', { matchConditions: [{ name: 'none', expression: 'false' }] }],
    ] as const
  ).map(
    ([what, changed]) =>
      ({
        what,
        ...applied,
        body: { ...configuration, webhooks: [{ name: 'enabled-namespace.outrider.io', ...changed }] },
        refused: ofWebhook,
      }) as const,
  ),
  {
    what: 'remove its webhooks',
    ...patch,
    path: webhookConfiguration,
    body: { webhooks: [] },
    refused: ofWebhook,
  },
  {
    what: "make the configuration somebody else's",
    ...patch,
    path: webhookConfiguration,
    body: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'mine' } } },
    refused: ofConfiguration,
  },
  {
    what: 'keep it from being deleted',
    ...patch,
    path: webhookConfiguration,
    body: { metadata: { finalizers: ['mine.example/never'] } },
    refused: ofConfiguration,
  },
  {
    what: 'have it deleted with another object',
    ...patch,
    path: webhookConfiguration,
    body: {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'none', uid: 'none' }] },
    },
    refused: ofConfiguration,
  },
  { what: 'make another Secret', ...makesSecret, body: named('other') },
  {
    what: 'make a token of another account by a Secret',
    ...makesSecret,
    body: {
      metadata: { name: 'outrider-ca', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      type: 'kubernetes.io/service-account-token',
    },
  },
  {
    what: 'make Secrets of names that the API server chooses',
    ...makesSecret,
    body: { metadata: { generateName: 'outrider-ca' }, type: 'kubernetes.io/tls', data: noCertificate },
  },
]);
