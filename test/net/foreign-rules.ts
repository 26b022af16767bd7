/** Rules of others as a node's programs write them, some hundreds in shapes of kube-proxy and of Docker. */
export function foreignRules(): { readonly nat: readonly string[]; readonly filter: readonly string[] } {
  const services = Array.from({ length: 100 }, (_, index) => ({
    name: `"shop/backend-${index}:http \\"-j OUTRIDER_OUTPUT\\""`,
    service: `KUBE-SVC-${`${index}`.padStart(12, 'X')}`,
    endpoint: `KUBE-SEP-${`${index}`.padStart(12, 'Y')}`,
    ip: `10.96.1.${index + 1}`,
    pod: `10.244.0.${index + 1}`,
  }));
  return {
    nat: [
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-MARK-MASQ - [0:0]',
      ':DOCKER - [0:0]',
      ...services.flatMap(({ service, endpoint }) => [`:${service} - [0:0]`, `:${endpoint} - [0:0]`]),
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
      '-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
      '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
      '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8443 -j DNAT --to-destination 172.17.0.2:443',
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
      ...services.flatMap(({ name, service, endpoint, ip, pod }) => [
        `-A KUBE-SERVICES -d ${ip}/32 -p tcp -m comment --comment ${name} -m tcp --dport 80 -j ${service}`,
        `-A ${service} -m comment --comment ${name} -m statistic --mode random --probability 0.50000000000 -j ${endpoint}`,
        `-A ${service} -m comment --comment ${name} -j ${endpoint}`,
        `-A ${endpoint} -s ${pod}/32 -m comment --comment ${name} -j KUBE-MARK-MASQ`,
        `-A ${endpoint} -p tcp -m comment --comment ${name} -m tcp -j DNAT --to-destination ${pod}:8080`,
      ]),
    ],
    filter: [
      ':KUBE-FORWARD - [0:0]',
      ':DOCKER-USER - [0:0]',
      '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
      '-A FORWARD -j DOCKER-USER',
      '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
      '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A DOCKER-USER -j RETURN',
      '-A OUTPUT -d 192.0.2.1/32 -p udp -m udp --dport 53 -j ACCEPT',
    ],
  };
}
