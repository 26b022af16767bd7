import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { outboundOf } from '../../proxy/outbound.ts';
import { parseSettings } from '../../settings/parse.ts';
import { familiesOf } from '../../settings/settings.ts';
import { formatRulesSettings } from '../../settings/table.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { buildExecutable, runInit } from './executable.ts';
import type { Host } from './host.ts';

/**
 * Writes the rules and starts the proxy as in a pod with these annotations: by one value of the settings, from which both
 * the rules' and the proxy's are derived. Both families, unless `ip-families` says otherwise.
 */
export async function startSettledProxy(pod: Host, texts: Readonly<Record<string, string>>): Promise<Envoy> {
  await buildExecutable();
  const values = Object.entries(texts).map(([key, text]) => ({ key, name: key, text }));
  const parsed = parseSettings([{ source: 'test', values }], ['annotation', 'command']);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { settings } = parsed;
  const env = { OUTRIDER_CONFIG: JSON.stringify(formatRulesSettings(settings)) };
  const init = await runInit(pod, ['apply'], { env });
  expect(init.exitCode, init.stderr).to.equal(0);
  const families = familiesOf(settings.ipFamilies === 'auto' ? 'dual' : settings.ipFamilies);
  return startEnvoy(
    pod,
    (adminSocket) =>
      renderBootstrap({
        outboundPort: settings.outboundPort,
        inboundPort: settings.inboundPort,
        families,
        adminSocket,
        outbound: outboundOf(settings),
      }),
    { address: families.includes('ipv4') ? '127.0.0.1' : '::1' },
  );
}
