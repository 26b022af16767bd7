import { expect } from 'chai';
import { type AnyPod, denial, inject, pod, review } from '../pods.ts';

const blackhole = { 'outrider.io/outbound-policy': 'blackhole' };
const confined = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

const caged = (securityContext: object, spec: object = {}, annotations: object = blackhole): AnyPod =>
  pod({
    metadata: { annotations },
    spec: {
      securityContext: { runAsUser: 1000 },
      containers: [{ name: 'shop', image: 'shop:1', securityContext }],
      ...spec,
    },
  });

const past = (what: string, remedy: string): string =>
  `container ${what} lets it past outbound-policy blackhole; ${remedy}, or accept it by outrider.io/allow-unconfined-containers=true`;

describe('a pod with the outbound policy blackhole', () => {
  for (const [what, capabilities] of [
    ['all capabilities dropped', { drop: ['ALL'] }],
    ['all dropped, in small letters', { drop: ['all'] }],
    ['those dropped by which it would escape', { drop: ['NET_RAW', 'SETUID', 'SETGID'] }],
    ['all dropped and a harmless one added', { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }],
  ] as const) {
    it(`is injected with ${what}`, () => {
      const verdict = review(caged({ ...confined, capabilities }));
      expect(verdict).to.include({ decision: 'inject' }).and.not.to.have.property('warnings');
    });
  }

  for (const [securityContext, says] of [
    [
      {},
      [
        past('shop: securityContext.allowPrivilegeEscalation', 'set it to false'),
        past('shop: securityContext.capabilities.drop without SETUID, SETGID, NET_RAW', 'drop ALL'),
      ],
    ],
    [
      { ...confined, allowPrivilegeEscalation: true },
      [past('shop: securityContext.allowPrivilegeEscalation', 'set it to false')],
    ],
    [
      { ...confined, capabilities: { drop: ['SETUID', 'NET_RAW', 'CAP_SETGID'] } },
      [past('shop: securityContext.capabilities.drop without SETGID', 'drop ALL')],
    ],
    [
      {
        ...confined,
        capabilities: { drop: ['ALL'], add: ['net_admin', 'CAP_SETUID', 'CHOWN', 'SYS_ADMIN', 'NET_ADMIN'] },
      },
      [past('shop: securityContext.capabilities.add NET_ADMIN, SETUID, SYS_ADMIN', 'remove it')],
    ],
    [
      { ...confined, capabilities: { drop: ['ALL'], add: ['ALL'] } },
      [past('shop: securityContext.capabilities.add ALL', 'remove it')],
    ],
    [{ privileged: true }, [past('shop: securityContext.privileged=true', 'remove it')]],
  ] as const) {
    it(`is refused with ${JSON.stringify(securityContext)}`, () => {
      expect(denial(caged(securityContext))).to.equal(`outrider: ${says.join('; ')}`);
      expect(review(caged(securityContext))).to.include({ reason: 'unconfined' });
    });
  }

  it('is judged by its init containers too, and not by ours', () => {
    const initContainers = [{ name: 'migrate', image: 'shop:1', securityContext: { ...confined } }];
    const good = inject(caged(confined, { initContainers }));
    expect(review(good).answer).to.deep.equal({ kind: 'allowed' });
    const bad = [{ name: 'migrate', image: 'shop:1', securityContext: { privileged: true } }];
    expect(denial(caged(confined, { initContainers: bad }))).to.equal(
      `outrider: ${past('migrate: securityContext.privileged=true', 'remove it')}`,
    );
  });

  it('is warned of a container whose user is unknown, by the uid that the proxy gets', () => {
    const warning =
      "container shop: past outbound-policy blackhole if its image's user is 51337, the proxy's; set runAsUser";
    expect(review(caged(confined, { securityContext: {} })).warnings).to.deep.equal([warning]);
    expect(review(caged({ ...confined, runAsUser: 0 }, { securityContext: {} }))).not.to.have.property(
      'warnings',
    );
  });

  it('is warned of a container whose group is unknown, where the rules know the proxy by its group', () => {
    const tproxy = { ...blackhole, 'outrider.io/redirect-mode': 'tproxy' };
    const warning =
      "container shop: past outbound-policy blackhole if its image's group is 51337, the proxy's; set runAsGroup";
    expect(review(caged({ ...confined, runAsUser: 1000 }, {}, tproxy)).warnings).to.deep.equal([warning]);
    const both = { ...confined, runAsUser: 1000, runAsGroup: 1000 };
    expect(review(caged(both, {}, tproxy))).not.to.have.property('warnings');
    expect(
      review(caged(confined, { securityContext: { runAsUser: 1, runAsGroup: 1 } }, tproxy)),
    ).not.to.have.property('warnings');
  });

  it('may have what it accepts outright', () => {
    const annotations = { ...blackhole, 'outrider.io/allow-unconfined-containers': 'true' };
    const verdict = review(caged({ privileged: true }, { securityContext: {} }, annotations));
    expect(verdict).to.include({ decision: 'inject' }).and.not.to.have.property('warnings');
  });

  it('has the same policy in the proxy and in the rules', () => {
    const annotations = { ...blackhole, 'outrider.io/allow-outbound-cidrs': '10.96.0.1/32' };
    const [proxy, init] = inject(caged(confined, {}, annotations)).spec.initContainers;
    const { listeners } = JSON.parse(proxy.args[1]).static_resources;
    expect(listeners[0].filter_chains[1]).to.deep.include({
      name: 'virtualOutbound-allowed-cidrs',
      filter_chain_match: { prefix_ranges: [{ address_prefix: '10.96.0.1', prefix_len: 32 }] },
    });
    expect(listeners[0].default_filter_chain.filters[0].typed_config.cluster).to.equal('BlackHoleCluster');
    expect(JSON.parse(init.env[0].value)).to.include({ 'outbound-policy': 'blackhole' });
  });
});

describe('a pod with the outbound policy allow-any', () => {
  it('may have any privileges', () => {
    expect(review(caged({ privileged: true }, {}, {}))).to.include({ decision: 'inject' });
  });
});
