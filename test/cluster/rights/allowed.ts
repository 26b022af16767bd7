/** What every account of a cluster may do: ask about itself (system:basic-user). */
export const anybodys = [
  'create selfsubjectaccessreviews.authorization.k8s.io',
  'create selfsubjectrulesreviews.authorization.k8s.io',
  'create selfsubjectreviews.authentication.k8s.io',
];

/** What every account may read of the API server itself (system:discovery, system:public-info-viewer). */
export const publicPaths = [
  ...['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', '/version', '/version/'],
  ...['/healthz', '/livez', '/readyz'],
  ...['/.well-known/openid-configuration', '/.well-known/openid-configuration/'],
  ...['/openid/v1/jwks', '/openid/v1/jwks/'],
];

const [mutating, validating] = [
  'mutatingwebhookconfigurations.admissionregistration.k8s.io/outrider-webhook',
  'validatingwebhookconfigurations.admissionregistration.k8s.io/outrider-warnings',
];
const kept = (object: string): string[] =>
  ['get', 'list', 'watch', 'patch'].map((verb) => `${verb} ${object}`);

export const mayAnywhere = {
  'outrider-webhook': [
    'get namespaces',
    'list namespaces',
    'watch namespaces',
    'create events',
    'inject pods.outrider.io',
  ],
  'outrider-certificates': [...kept(mutating), ...kept(validating)],
} as const;

export const mayInSystem = {
  'outrider-webhook': [
    'list secrets/outrider-webhook-certificates',
    'watch secrets/outrider-webhook-certificates',
    'list configmaps',
    'watch configmaps',
  ],
  'outrider-certificates': [
    ...kept('secrets/outrider-ca'),
    ...kept('secrets/outrider-webhook-certificates'),
    'create secrets',
  ],
} as const;
