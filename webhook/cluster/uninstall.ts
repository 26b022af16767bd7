import { valueAt } from '../admission/pod-holders.ts';
import { describeRevision, describeRevisions, type Revision } from '../decision/revision.ts';
import { InstallError } from '../installation/install-error.ts';
import { madeLater } from '../installation/made-later.ts';
import { type Manifest, pathOf, revisionOf, titleOf } from '../installation/manifest.ts';
import { findHelmRelease } from '../installation/preflight.ts';
import { countProxied, describeProxied, injectedBy, type Proxied } from '../installation/proxied-pods.ts';
import { stepsOf } from '../installation/steps.ts';
import { describeStranded } from '../installation/stranded.ts';
import { type Api, openApi } from './api.ts';
import { findInstalled } from './find-installed.ts';
import type { Report } from './install.ts';
import type { Connection } from './load-kube-config.ts';
import { waitUntilGone } from './wait-for.ts';

export interface UninstallOptions extends Connection {
  /** The one without, where there is none. Others stay. */
  readonly revision?: Revision;
  readonly dryRun: boolean;
  /** Although pods have a proxy. */
  readonly yes: boolean;
  readonly timeoutSeconds: number;
}

/** Removes all that was installed of a revision. @throws InstallError, ApiError */
export async function uninstall(options: UninstallOptions, report: Report): Promise<void> {
  const api = openApi(options);
  const { revision } = options;
  const all = await findInstalled(api);
  const others = all.filter((one) => one.kind !== 'Namespace' && revisionOf(one) !== revision);
  const own = all.filter((one) => one.kind !== 'Namespace' && revisionOf(one) === revision);
  const [helm] = findHelmRelease(own);
  if (helm !== undefined) throw new InstallError('preflight', `${helm.problem}: ${helm.remedy}`);
  if (others.length > 0 && own.length === 0) {
    const there = describeRevisions([...new Set(others.map(revisionOf))]);
    report.tell(`there is no Outrider ${describeRevision(revision)} in this cluster, only ${there}`);
    return;
  }
  if (all.length === 0) {
    report.tell('there is no Outrider in this cluster');
    return;
  }
  const pods = await api.list('/api/v1/pods');
  const proxied = countProxied(pods.filter((pod) => others.length === 0 || injectedBy(pod) === revision));
  const stranded =
    others.length === 0 ? undefined : describeStranded(await api.list('/api/v1/namespaces'), revision);
  const reasons = [proxied.pods > 0 ? describeProxied(proxied) : undefined, stranded].filter(
    (reason) => reason !== undefined,
  );
  if (reasons.length > 0 && !options.yes && !options.dryRun) {
    throw new InstallError('pods-injected', `${reasons.join('; ')}: give --yes to uninstall nevertheless`);
  }
  // The Namespace goes with the last of them, and with it all that is in it.
  await remove(api, inOrder(others.length === 0 ? all : own), options, report);
  if (others.length > 0) await removeMadeLater(api, options, report);
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

/** The accounts that would make it anew have gone. */
async function removeMadeLater(
  api: Api,
  { dryRun, revision }: UninstallOptions,
  report: Report,
): Promise<void> {
  for (const one of madeLater('outrider-system', revision)) {
    if ((await api.get(pathOf(one))) === undefined) continue;
    await api.send('DELETE', `${pathOf(one)}${dryRun ? '?dryRun=All' : ''}`, {});
    report.done(titleOf(one), { kind: 'deleted' });
  }
}

function tellOfPods(proxied: Proxied, { tell }: Report): void {
  if (proxied.pods > 0) tell(`${describeProxied(proxied)}: delete them, and they are made anew without`);
}
