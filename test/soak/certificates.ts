import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApi } from '../cluster/api.ts';
import { raiseCluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { installOutrider } from '../cluster/outrider.ts';
import { type Soaked, soak } from './soak.ts';

/**
 * `make soak`: certificates and CAs that live for two minutes, on a real node, while pods are reviewed. Writes
 * docs/soak-certificates.md; `MINUTES=2` is for a look.
 */

const minutes = Number(process.env.MINUTES ?? 10);
const document = join(import.meta.dirname, '../../docs/soak-certificates.md');

const cluster = await raiseCluster();
const api = await openApi(cluster);
try {
  await installOutrider(cluster);
  const soaked = await soak(cluster, api.request, minutes * 60, async () => {
    const pods = ['delete', 'pod', '-l', 'app.kubernetes.io/component=certificates', '--wait=false'];
    await kubectl(cluster, ['-n', 'outrider-system', ...pods]);
    const webhook = ['rollout', 'restart', 'deployment/outrider-webhook'];
    await kubectl(cluster, ['-n', 'outrider-system', ...webhook]);
  });
  await writeFile(document, render(soaked));
  console.log(soaked);
  if (soaked.refusals.length + soaked.distrusted.length > 0) process.exitCode = 1;
} finally {
  await api.stop();
  if (cluster.raisedHere && process.env.KEEP_CLUSTER !== '1') await cluster.stop();
}

function render(soaked: Soaked): string {
  return `# Certificates that live for two minutes

\`make soak\` writes this page. On a real node, two replicas of \`outrider certificates\` run with \`--lifetime=2m --ca-lifetime=2m\` for ${soaked.seconds / 60}
minutes, so that certificates and CAs are renewed all the time. Five times a second a pod is sent that should have a proxy
(server-side dry run); twice a second each replica of the webhook gets a new connection, which trusts what \`caBundle\` said
just before. At half-time both pods of \`outrider-certificates\` are deleted, and the webhook's replicas are replaced one by one.

| | |
| --- | --- |
| pods reviewed | ${soaked.reviews} |
| refused, or without their proxy | ${soaked.refusals.length} |
| connections to replicas | ${soaked.handshakes} |
| of which the certificate was not trusted | ${soaked.distrusted.length} |
| certificates that were shown | ${soaked.certificates} |
| CAs that were trusted | ${soaked.authorities} |
| most CAs in \`caBundle\` at a time | ${soaked.mostTrusted} |
`;
}
