/**
 * The body of an AdmissionReview as the API server sends it for a pod of a Deployment: some 8 KB, with what clients
 * and the API server's own plugins put into a pod before webhooks see it. `index` makes it one of many pods.
 */
export function podReview(index: number): string {
  const suffix = index.toString(36).padStart(5, '0');
  const name = `checkout-7c9d8f6b5d-${suffix}`;
  const volume = `kube-api-access-${suffix}`;
  const token = {
    name: volume,
    readOnly: true,
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  };
  const user = {
    username: 'system:serviceaccount:kube-system:replicaset-controller',
    groups: ['system:authenticated'],
  };
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: `3f0c8a52-6d1e-4c7b-9a55-0000000${suffix}`,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      requestKind: { group: '', version: 'v1', kind: 'Pod' },
      requestResource: { group: '', version: 'v1', resource: 'pods' },
      name,
      namespace: 'shop',
      operation: 'CREATE',
      userInfo: user,
      object: {
        kind: 'Pod',
        apiVersion: 'v1',
        metadata: {
          generateName: 'checkout-7c9d8f6b5d-',
          name,
          namespace: 'shop',
          creationTimestamp: null,
          labels: { app: 'checkout', 'pod-template-hash': '7c9d8f6b5d', team: 'payments', tier: 'backend' },
          annotations: {
            'checksum/config': '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
            'prometheus.io/scrape': 'true',
            'prometheus.io/port': '9102',
            // A tenth of all pods has a value of its own.
            ...(index % 10 === 0 && { 'outrider.io/exclude-outbound-ports': `${20_000 + index}` }),
          },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'ReplicaSet',
              name: 'checkout-7c9d8f6b5d',
              uid: 'a4b1',
              controller: true,
            },
          ],
          managedFields: [managedFields],
        },
        spec: {
          volumes: [
            { name: 'config', configMap: { name: 'checkout', defaultMode: 420 } },
            { name: 'cache', emptyDir: { sizeLimit: '1Gi' } },
            {
              name: volume,
              projected: {
                defaultMode: 420,
                sources: [
                  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
                  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
                ],
              },
            },
          ],
          initContainers: [container('migrate', 4, token)],
          containers: [container('checkout', 20, token), container('exporter', 4, token)],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          serviceAccountName: 'checkout',
          serviceAccount: 'checkout',
          securityContext: { runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, runAsNonRoot: true },
          schedulerName: 'default-scheduler',
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  weight: 100,
                  podAffinityTerm: {
                    labelSelector: { matchLabels: { app: 'checkout' } },
                    topologyKey: 'kubernetes.io/hostname',
                  },
                },
              ],
            },
          },
          tolerations: ['not-ready', 'unreachable'].map((state) => ({
            key: `node.kubernetes.io/${state}`,
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: 300,
          })),
          priority: 0,
          enableServiceLinks: true,
          preemptionPolicy: 'PreemptLowerPriority',
        },
        status: {},
      },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
}

const probe = (path: string): object => ({
  httpGet: { path, port: 'http', scheme: 'HTTP' },
  initialDelaySeconds: 5,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
});

const container = (name: string, variables: number, token: object): object => ({
  name,
  image: `registry.example.com/shop/${name}:1.42.0`,
  args: ['--config', '/etc/checkout/config.yaml', '--listen', ':8080'],
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: Array.from({ length: variables }, (_, index) => ({
    name: `CHECKOUT_OPTION_${index}`,
    value: `https://service-${index}.shop.svc.cluster.local:8443/v1`,
  })),
  resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
  volumeMounts: [
    { name: 'config', readOnly: true, mountPath: '/etc/checkout' },
    { name: 'cache', mountPath: '/var/cache/checkout' },
    token,
  ],
  livenessProbe: probe('/livez'),
  readinessProbe: probe('/readyz'),
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

const managedFields = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-03-01T12:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': { 'f:generateName': {}, 'f:labels': { '.': {}, 'f:app': {}, 'f:team': {}, 'f:tier': {} } },
    'f:spec': {
      'f:affinity': {},
      'f:containers': { 'k:{"name":"checkout"}': { '.': {}, 'f:env': {}, 'f:image': {}, 'f:resources': {} } },
      'f:dnsPolicy': {},
      'f:restartPolicy': {},
      'f:schedulerName': {},
      'f:securityContext': { '.': {}, 'f:fsGroup': {}, 'f:runAsUser': {} },
      'f:volumes': { 'k:{"name":"cache"}': {}, 'k:{"name":"config"}': {} },
    },
  },
};
