import { valueAt } from '../admission/pod-holders.ts';
import { InstallError } from '../installation/install-error.ts';
import { type Manifest, pathOf, titleOf } from '../installation/manifest.ts';
import { findHelmRelease } from '../installation/preflight.ts';
import { countProxied, describeProxied, type Proxied } from '../installation/proxied-pods.ts';
import { stepsOf } from '../installation/steps.ts';
import { type Api, openApi } from './api.ts';
import { findInstalled } from './find-installed.ts';
import type { Report } from './install.ts';
import type { Connection } from './load-kube-config.ts';
import { waitUntilGone } from './wait-for.ts';

export interface UninstallOptions extends Connection {
  readonly dryRun: boolean;
  /** Although pods have a proxy. */
  readonly yes: boolean;
  readonly timeoutSeconds: number;
}

/** Removes all that was installed. @throws InstallError, ApiError */
export async function uninstall(options: UninstallOptions, report: Report): Promise<void> {
  const api = openApi(options);
  const installed = await findInstalled(api);
  const [helm] = findHelmRelease(installed);
  if (helm !== undefined) throw new InstallError('preflight', `${helm.problem}: ${helm.remedy}`);
  if (installed.length === 0) {
    report.tell('there is no Outrider in this cluster');
    return;
  }
  const proxied = countProxied(await api.list('/api/v1/pods'));
  if (proxied.pods > 0 && !options.yes && !options.dryRun) {
    throw new InstallError(
      'pods-injected',
      `${describeProxied(proxied)}: give --yes to uninstall nevertheless`,
    );
  }
  await remove(api, inOrder(installed), options, report);
  if (!options.dryRun) tellOfPods(proxied, report);
}

/** First what refuses pods, then what calls the webhook: no pod waits for a webhook that has gone. */
function inOrder(installed: readonly Manifest[]): readonly Manifest[] {
  const { serving, calling, refusing } = stepsOf(installed);
  // With a namespace goes all that is in it.
  const whole = serving.filter(({ metadata }) => metadata.namespace === undefined);
  const inNone = serving.some(({ kind }) => kind === 'Namespace') ? whole : serving.toReversed();
  return [...refusing.toReversed(), ...calling, ...inNone];
}

async function remove(
  api: Api,
  objects: readonly Manifest[],
  { dryRun, timeoutSeconds }: UninstallOptions,
  report: Report,
): Promise<void> {
  const query = dryRun ? '?dryRun=All' : '';
  for (const one of objects) {
    await api.send('DELETE', `${pathOf(one)}${query}`, {});
    report.done(titleOf(one), { kind: 'deleted' });
  }
  const patience = { deadline: performance.now() + timeoutSeconds * 1000, tell: report.tell };
  for (const namespace of dryRun ? [] : objects.filter(({ kind }) => kind === 'Namespace')) {
    const late = await waitUntilGone(api, namespace, patience);
    if (late === undefined) continue;
    const why = valueAt(await api.get(pathOf(namespace)), ['status', 'conditions']);
    throw new InstallError('unfinished', `${late}, after ${timeoutSeconds} s: ${JSON.stringify(why)}`);
  }
}

function tellOfPods(proxied: Proxied, { tell }: Report): void {
  if (proxied.pods > 0) tell(`${describeProxied(proxied)}: delete them, and they are made anew without`);
}
