import { type Attempt, named, of, patch, registration, system, webhookConfiguration } from './attempt.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const container = { name: 'app', image: 'app', command: ['id'] };
const subject = { kind: 'ServiceAccount', name: 'outrider-webhook', namespace: 'outrider-system' };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
const mayAll = { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };

/** RBAC refuses them, of either account. */
export const refusedByRbac: readonly Attempt[] = [
  {
    what: 'read all Secrets of outrider-system',
    method: 'GET',
    path: `${system}/secrets`,
    refused: 'cannot list resource "secrets"',
  },
  {
    what: 'read another Secret there',
    method: 'GET',
    path: `${system}/secrets/other`,
    refused: 'cannot get resource "secrets"',
  },
  {
    what: 'read Secrets elsewhere, by the names that it may read here',
    method: 'GET',
    path: '/api/v1/namespaces/kube-system/secrets?fieldSelector=metadata.name%3Doutrider-webhook-certificates',
    refused: 'cannot list resource "secrets"',
  },
  {
    what: 'delete what the webhook serves',
    method: 'DELETE',
    path: `${system}/secrets/outrider-webhook-certificates`,
    refused: 'cannot delete resource "secrets"',
  },
  {
    what: 'read pods',
    method: 'GET',
    path: '/api/v1/pods',
    refused: 'cannot list resource "pods"',
  },
  {
    what: 'run a pod in outrider-system',
    method: 'POST',
    path: `${system}/pods`,
    body: named('run', { spec: { containers: [container] } }),
    refused: 'cannot create resource "pods"',
  },
  {
    what: 'run a command in a pod',
    method: 'POST',
    path: `${system}/pods/any/exec?command=id&container=app`,
    refused: 'cannot create resource "pods/exec"',
  },
  {
    what: 'put a container into a pod',
    ...patch,
    path: `${system}/pods/any/ephemeralcontainers`,
    refused: 'cannot patch resource "pods/ephemeralcontainers"',
  },
  {
    what: 'evict a pod',
    method: 'POST',
    path: `${system}/pods/any/eviction`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', ...named('any') },
    refused: 'cannot create resource "pods/eviction"',
  },
  {
    what: 'change what runs in the webhook',
    ...patch,
    path: '/apis/apps/v1/namespaces/outrider-system/deployments/outrider-webhook',
    body: { spec: { template: { spec: { serviceAccountName: 'outrider-certificates' } } } },
    refused: 'cannot patch resource "deployments"',
  },
  {
    what: 'mint a token of the other account',
    method: 'POST',
    path: `${system}/serviceaccounts/outrider-certificates/token`,
    body: { spec: {} },
    refused: 'cannot create resource "serviceaccounts/token"',
  },
  {
    what: 'mint a token of its own, that lives longer',
    method: 'POST',
    path: `${system}/serviceaccounts/outrider-webhook/token`,
    body: { spec: { expirationSeconds: 31_536_000 } },
    refused: 'cannot create resource "serviceaccounts/token"',
  },
  {
    what: 'widen its own role',
    ...patch,
    path: `${rbac}/clusterroles/outrider-webhook`,
    body: mayAll,
    refused: 'cannot patch resource "clusterroles"',
  },
  {
    what: 'make a role',
    method: 'POST',
    path: `${rbac}/namespaces/outrider-system/roles`,
    body: named('all', mayAll),
    refused: 'cannot create resource "roles"',
  },
  {
    what: 'bind itself to cluster-admin',
    method: 'POST',
    path: `${rbac}/clusterrolebindings`,
    body: named('all', { roleRef, subjects: [subject] }),
    refused: 'cannot create resource "clusterrolebindings"',
  },
  {
    what: 'have a certificate of a user signed',
    method: 'POST',
    path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
    body: named('admin', { spec: { signerName: 'kubernetes.io/kube-apiserver-client' } }),
    refused: 'cannot create resource "certificatesigningrequests"',
  },
  {
    what: 'change a node',
    ...patch,
    path: '/api/v1/nodes/outrider-node',
    body: { metadata: { labels: { mine: 'yes' } } },
    refused: 'cannot patch resource "nodes"',
  },
  {
    what: 'reach a kubelet by the API server',
    method: 'GET',
    path: '/api/v1/nodes/outrider-node/proxy/pods',
    refused: 'cannot get resource "nodes/proxy"',
  },
  {
    what: 'label a namespace, and so turn injection off there',
    ...patch,
    path: '/api/v1/namespaces/stolen',
    body: { metadata: { labels: { 'outrider.io/injection': 'disabled' } } },
    refused: 'cannot patch resource "namespaces"',
  },
  {
    what: 'write settings of the cluster',
    ...patch,
    path: `${system}/configmaps/outrider-config`,
    body: { data: { 'proxy-image': 'mine' } },
    refused: 'cannot patch resource "configmaps"',
  },
  {
    what: 'write a ConfigMap elsewhere',
    method: 'POST',
    path: '/api/v1/namespaces/kube-system/configmaps',
    body: named('mine'),
    refused: 'cannot create resource "configmaps"',
  },
  {
    what: 'write a Secret elsewhere',
    method: 'POST',
    path: '/api/v1/namespaces/kube-system/secrets',
    body: named('outrider-ca', { type: 'kubernetes.io/tls' }),
    refused: 'cannot create resource "secrets"',
  },
  {
    what: 'take the Lease of a controller',
    ...patch,
    path: '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler',
    body: { spec: { holderIdentity: 'mine' } },
    refused: 'cannot patch resource "leases"',
  },
  {
    what: 'take back what was told',
    method: 'DELETE',
    path: '/api/v1/namespaces/stolen/events/any',
    refused: 'cannot delete resource "events"',
  },
  {
    what: 'make another webhook',
    method: 'POST',
    path: `${registration}/mutatingwebhookconfigurations`,
    body: named('mine'),
    refused: 'cannot create resource "mutatingwebhookconfigurations"',
  },
  {
    what: 'delete the webhook, so that pods start without it',
    method: 'DELETE',
    path: webhookConfiguration,
    refused: 'cannot delete resource "mutatingwebhookconfigurations"',
  },
  {
    what: 'change the webhook of somebody else',
    ...patch,
    path: `${registration}/validatingwebhookconfigurations/other`,
    body: { webhooks: [] },
    refused: 'cannot patch resource "validatingwebhookconfigurations"',
  },
  {
    what: 'change the policies that bound it',
    ...patch,
    path: `${registration}/validatingadmissionpolicies/outrider-certificates-secrets`,
    body: { spec: { matchConditions: [] } },
    refused: 'cannot patch resource "validatingadmissionpolicies"',
  },
  {
    what: 'take these policies out of force',
    method: 'DELETE',
    path: `${registration}/validatingadmissionpolicybindings/outrider-certificates-ca-bundle`,
    refused: 'cannot delete resource "validatingadmissionpolicybindings"',
  },
];

/** What of the other account's is not the webhook's. */
export const refusedToWebhook = of('outrider-webhook', [
  {
    what: 'read the key of the CA',
    method: 'GET',
    path: `${system}/secrets/outrider-ca`,
    refused: 'cannot get resource "secrets"',
  },
  {
    what: 'read it by a list',
    method: 'GET',
    path: `${system}/secrets?fieldSelector=metadata.name%3Doutrider-ca`,
    refused: 'cannot list resource "secrets"',
  },
  {
    what: 'write what it serves',
    ...patch,
    path: `${system}/secrets/outrider-webhook-certificates`,
    body: { data: {} },
    refused: 'cannot patch resource "secrets"',
  },
  {
    what: 'make a Secret',
    method: 'POST',
    path: `${system}/secrets`,
    body: named('outrider-ca'),
    refused: 'cannot create resource "secrets"',
  },
  {
    what: 'tell the API server whom to trust',
    ...patch,
    path: webhookConfiguration,
    body: { webhooks: [] },
    refused: 'cannot patch resource "mutatingwebhookconfigurations"',
  },
  {
    what: 'change whom the warnings go to',
    ...patch,
    path: `${registration}/validatingwebhookconfigurations/outrider-warnings`,
    body: { webhooks: [] },
    refused: 'cannot patch resource "validatingwebhookconfigurations"',
  },
]);
