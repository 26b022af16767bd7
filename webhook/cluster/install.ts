import { configMapName, parseConfig } from '../decision/config.ts';
import type { Change } from '../installation/changes.ts';
import { InstallError } from '../installation/install-error.ts';
import { type Manifest, pathOf, titleOf } from '../installation/manifest.ts';
import { isFatal, preflight, renderFindings } from '../installation/preflight.ts';
import { stepsOf } from '../installation/steps.ts';
import { type Api, openApi } from './api.ts';
import { ApiError } from './api-error.ts';
import { applyManifest, mergeSettings } from './apply.ts';
import { findObsolete } from './find-installed.ts';
import { type InstallInput, readForPreflight } from './read-for-preflight.ts';
import { waitForDeployments, waitUntilReached } from './wait-for.ts';

export interface InstallOptions extends InstallInput {
  readonly mode: 'install' | 'upgrade';
  readonly dryRun: boolean;
  readonly forceConflicts: boolean;
  readonly takeOwnership: boolean;
  readonly timeoutSeconds: number;
  /** Into the ConfigMap with the settings of the whole cluster. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Whom to tell what. */
export interface Report {
  /** What has become, or would become, of an object. */
  done(title: string, change: Change): void;
  /** What goes on, and what a person should know. */
  tell(text: string): void;
}

/** Installs Outrider, or brings it to this version. @throws InstallError, ApiError */
export async function install(options: InstallOptions, report: Report): Promise<void> {
  const api = openApi(options);
  const { around, manifests } = await readForPreflight(options, api);
  const findings = preflight(around, options);
  for (const line of renderFindings(findings)) report.tell(line);
  if (isFatal(findings)) {
    throw new InstallError(
      'preflight',
      `nothing was touched: see the errors above, and ${options.mode} again`,
    );
  }
  const { revision } = options;
  const [as, flag] =
    revision === undefined ? ['', ''] : [` of revision ${revision}`, ` --revision ${revision}`];
  const isInstalled = around.present.some(({ kind }) => kind === 'MutatingWebhookConfiguration');
  // With less, an installation has stopped half way.
  const isComplete = around.present.length === manifests.length;
  if (options.mode === 'install' && isComplete) {
    throw new InstallError(
      'installed-already',
      `Outrider${as} is installed already: outrider upgrade${flag}`,
    );
  }
  if (options.mode === 'upgrade' && !isInstalled) {
    throw new InstallError('not-installed', `Outrider${as} is not installed: outrider install${flag}`);
  }
  const [namespace] = manifests.filter(({ kind }) => kind === 'Namespace');
  const hasNamespace = around.present.some(({ kind }) => kind === 'Namespace');

  // What would be refused is refused before anything is changed.
  const { serving, calling, refusing } = stepsOf(manifests);
  const conflicts: string[] = [];
  for (const manifest of [...serving, ...calling, ...refusing]) {
    // Nothing can be tried in a namespace that is not there.
    const isTried = hasNamespace || manifest.metadata.namespace === undefined;
    const tried = { ...options, dryRun: true, force: options.forceConflicts };
    try {
      const change: Change = isTried ? await applyManifest(api, manifest, tried) : { kind: 'created' };
      if (options.dryRun) report.done(titleOf(manifest), change);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'conflict') throw error;
      conflicts.push(error.message);
    }
  }
  if (conflicts.length > 0) throw new InstallError('preflight', conflicts.join('\n'));
  const at = { namespace: namespace?.metadata.name ?? '', name: configMapName(revision) };
  await refuseBadSettings(api, at, options);
  const obsolete = isInstalled ? await findObsolete(api, manifests, revision, options) : [];
  if (options.dryRun) for (const one of obsolete) report.done(titleOf(one), { kind: 'deleted' });
  else await carryOut({ api, manifests, obsolete, options, report, at, isInstalled });
}

interface Work {
  readonly api: Api;
  readonly manifests: readonly Manifest[];
  /** What an older version had, and this has not. */
  readonly obsolete: readonly Manifest[];
  readonly options: InstallOptions;
  readonly report: Report;
  readonly at: { readonly namespace: string; readonly name: string };
  readonly isInstalled: boolean;
}

async function carryOut({ api, manifests, obsolete, options, report, at, isInstalled }: Work): Promise<void> {
  const { serving, calling, refusing } = stepsOf(manifests);
  const patience = { deadline: performance.now() + options.timeoutSeconds * 1000, tell: report.tell };
  const apply = async (step: readonly Manifest[]): Promise<void> => {
    for (const manifest of step) {
      const change = await applyManifest(api, manifest, { ...options, force: options.forceConflicts });
      report.done(titleOf(manifest), change);
    }
  };
  const unaffected = isInstalled
    ? 'the version before goes on serving as far as it is ready'
    : 'no webhook configuration was written, so no pod is affected';
  await orTell(unaffected, options, async () => {
    await apply(serving.filter(({ kind }) => kind !== 'Deployment'));
    if (Object.keys(options.settings).length > 0) {
      await mergeSettings(api, at, options.settings);
      report.done(`ConfigMap/${at.name}`, { kind: 'configured', fields: Object.keys(options.settings) });
    }
    await apply(serving.filter(({ kind }) => kind === 'Deployment'));
    // Before the first configurations are there, it may be those that readiness waits for.
    return await waitForDeployments(api, serving, isInstalled ? 'ready' : 'running', patience);
  });
  await orTell('pods that should have a proxy are refused until the webhook serves', options, async () => {
    await apply(calling);
    const late = await waitForDeployments(api, serving, 'ready', patience);
    if (late !== undefined) return late;
    const unreached = await waitUntilReached(api, options.revision, patience);
    return (
      unreached && `${unreached}: does a firewall or a NetworkPolicy keep it from port 8443 of its pods?`
    );
  });
  await orTell('the webhook serves, and the last look at pods is missing', options, async () => {
    await apply(refusing);
    for (const one of obsolete) {
      await api.send('DELETE', pathOf(one), {});
      report.done(titleOf(one), { kind: 'deleted' });
    }
    return undefined;
  });
}

/** Nobody is left with half of it and no word of what to do. */
async function orTell(
  state: string,
  { mode, timeoutSeconds, revision }: InstallOptions,
  work: () => Promise<string | undefined>,
): Promise<void> {
  const flag = revision === undefined ? '' : ` --revision ${revision}`;
  const back = mode === 'install' ? `, outrider uninstall${flag} takes it back` : '';
  const remedy = `outrider ${mode}${flag} again goes on${back}`;
  const fail = (why: string, cause?: unknown): never => {
    throw new InstallError('unfinished', `${why}\n${state}; ${remedy}`, { cause });
  };
  let late: string | undefined;
  try {
    late = await work();
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    fail(cause.message, cause);
  }
  if (late !== undefined) fail(`not ready after ${timeoutSeconds} s: ${late}`);
}

/** The webhook would refuse a ConfigMap with them as a whole. */
async function refuseBadSettings(
  api: Api,
  at: Work['at'],
  { settings, revision }: InstallOptions,
): Promise<void> {
  if (Object.keys(settings).length === 0) return;
  const there = await api.get(`/api/v1/namespaces/${at.namespace}/configmaps/${at.name}`);
  const data = { ...(there?.data as Record<string, string> | undefined), ...settings };
  const parsed = parseConfig(data, revision);
  if (!parsed.ok) throw new InstallError('preflight', `nothing was touched: ${parsed.problems.join('\n')}`);
}
