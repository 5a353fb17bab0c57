import type { ChangedAgent, RunReport, ServiceView } from '@sluice/contract/documents';
import { toItemError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { endHolds, reopenHolds } from '../../context/change-holds.js';
import { isPanelRemoved, listLimits, RESERVED } from '../../base/config/find-entry.js';
import { panelsWithDisabled } from '../agents/open-agents.js';
import { adoptRows, type HoldsFile, lacksAny, leaveOutEnded } from '../../context/adopt-holds-file.js';
import { isInMemory } from '../../context/holds-file.js';
import { panelLease } from '../../context/leases.js';
import { runCommand } from '../command/run-command.js';
import type { CommandResult } from '../command/types.js';
import { suggestion } from '../../base/suggestion.js';
import { countChanges } from '../../kernel/subject/views.js';
import { isTermination } from '../../kernel/subject/termination.js';
import { type Run, withRun } from '../../kernel/run/bracket.js';
import { findRemovedPanels, PANEL_REMOVED } from '../../kernel/run/left-elsewhere.js';
import { NO_TOTALS } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { storeSwitch } from '../panels/switches.js';
import { runConcurrently } from '../../base/run-concurrently.js';

/** Options of `hold release --all`. */
export interface ReleaseAllRequest {
  panel?: string | undefined;
  reason?: string | undefined;
  dryRun: boolean;
  waitMs: number;
  /** The file of open holds, where the store was lost. */
  file: HoldsFile | null;
}

/** Services released at the same time. */
const AT_ONCE = 16;

/**
 * Releases everything that Sluice restricted, and switches those panels to `observe`, or the one that was named, so that no run
 * restricts it again. What fails stays as evidence for a repeat.
 */
export async function releaseAll(context: Context, request: ReleaseAllRequest): Promise<RunReport> {
  return withRun(context, { command: 'hold release', dryRun: request.dryRun }, (run) =>
    giveAllBack(context, run, request),
  );
}

async function giveAllBack(context: Context, run: Run, request: ReleaseAllRequest): Promise<RunReport> {
  const { file, dryRun, reason } = request;
  await checkReason(context, request);
  if (file) await adoptFile(context, file, dryRun);
  const { services, ending } = await restrictedServices(context, request);
  const ofAgents = await panelsWithDisabled(context, request);
  // A panel that was named is meant also where nothing of it is held yet.
  const named = request.panel !== undefined && !isPanelRemoved(context.config, request.panel) ? [request.panel] : [];
  run.view.observing = [...new Set([...services.map((service) => service.panel), ...ofAgents, ...named])].sort();
  const given: GivenBack = { views: [], reported: [], agents: [], broken: [] };
  if (!dryRun) {
    await startUnderObserve(context, run);
    // The switch stops a run under way; its last change is waited for.
    for (const name of run.view.observing) await run.leases.takeBegun(panelLease(name), request.waitMs);
  }
  await runConcurrently(
    services,
    AT_ONCE,
    async (service) => {
      const { view, aboutHolds } = await giveBack(context, run.id, service.id, request);
      given.views.push(view);
      given.reported.push(...aboutHolds);
    },
    () => context.deps.signal.aborted,
  );
  const removed = await findRemovedPanels(context);
  for (const name of ofAgents) {
    const gone = removed.find(({ panel }) => panel === name);
    if (gone !== undefined) {
      given.broken.push({ panel: name, error: { code: PANEL_REMOVED, message: gone.message } });
      continue;
    }
    const { giveBackUsers } = await import('../agents/restore-agent.js');
    const { agents, error } = await giveBackUsers(context, name, { run: run.id, dryRun, reason }, run.leases);
    given.agents.push(...agents);
    if (error) given.broken.push({ panel: name, error });
  }
  // A service that shared with a held one was released together with that one.
  given.reported = given.reported.filter(({ hold }) => !ending.has(hold));
  const report = toReport(given, run);
  const wrong = report.totals.failed + given.broken.length;
  const all = given.views.length + ofAgents.length;
  run.totals = report.totals;
  await run.end({
    outcome: wrong === 0 ? 'done' : wrong === all ? 'failed' : 'partial',
    changes: [...given.views, ...given.agents].some(({ actions }) => actions.length > 0),
  });
  return report;
}

/** Refuses a reason that no hold has or had, and no limit of the config. */
async function checkReason({ config, store }: Context, { reason, file }: ReleaseAllRequest): Promise<void> {
  if (reason === undefined || RESERVED.includes(reason)) return;
  const limits = Object.keys(config.products).flatMap((product) => listLimits(config, product));
  const holds = [...(await store.holds.all()), ...(file?.holds ?? [])];
  const known = [...RESERVED, ...limits.map(({ id }) => id), ...holds.map((hold) => hold.reason)];
  if (known.includes(reason)) return;
  const hint = suggestion(reason, [...new Set(known)]);
  throw usageError('bad_option', `reason: no hold and no limit is called "${reason}"${hint}; no panel was called`);
}

/** Stores what the file has; a dry run does only in memory, and shows of another store what that has. */
async function adoptFile(context: Context, file: HoldsFile, dryRun: boolean): Promise<void> {
  const { store, deps } = context;
  const { kinds } = deps;
  if (!dryRun || isInMemory(store))
    await context.write([], (tables) => adoptRows(file, tables, { at: context.now(), kinds }));
  else if (await lacksAny(await leaveOutEnded(file, store), store, kinds))
    throw usageError(
      'bad_option',
      `a dry run shows what the store has, and ${store.location} lacks holds of the file: to see what the file names, move the store away first; no panel was called`,
    );
}

/** Finds the services with something to release, and the holds that end. */
async function restrictedServices(
  context: Context,
  request: ReleaseAllRequest,
): Promise<{ services: ServiceRecord[]; ending: Set<string> }> {
  const scope = request.panel === undefined ? {} : { panel: request.panel };
  const holds = (await context.store.holds.open(scope)).filter(
    (hold) => request.reason === undefined || hold.reason === request.reason,
  );
  const ended = new Set((await context.store.holds.all()).filter((hold) => hold.until !== null).map((hold) => hold.id));
  const left = (await context.store.evidence.open(scope)).filter((item) => ended.has(item.hold));
  const doubtful = await servicesInDoubt(context, request);
  const unfinished = await servicesOfUnfinished(context, request);
  const ids = [
    ...new Set([...holds.map((hold) => hold.service), ...left.map((item) => item.service), ...doubtful, ...unfinished]),
  ].sort();
  const terminating = new Set(
    (await context.store.actions.unresolved(scope)).filter(isTermination).map((action) => action.service),
  );
  // Services that are being terminated are not released.
  const services = (ids.length === 0 ? [] : await context.store.services.list({ ids })).filter(
    ({ id: service }) => !terminating.has(service),
  );
  return { services, ending: new Set(holds.map((hold) => hold.id)) };
}

/** Starts the run, and switches its panels to `observe` with it. */
async function startUnderObserve(context: Context, run: Run): Promise<void> {
  const { observing, startedAt: since } = run.view;
  const actor = context.deps.actor();
  await context.write([], async (tables) => {
    await run.start(tables);
    for (const panel of observing)
      await storeSwitch(tables, { panel, product: null, enforce: 'observe', since, actor });
  });
}

/** The released services and agents. */
interface GivenBack {
  views: ServiceView[];
  reported: CommandResult['aboutHolds'];
  agents: ChangedAgent[];
  broken: RunReport['panels'];
}

function toReport({ views, reported, agents, broken }: GivenBack, run: Run): RunReport {
  const failed = views.filter((view) => view.error !== null).length;
  const states = [...views, ...agents].flatMap(({ actions }) => actions.map(({ state }) => state));
  const released = views.length - failed;
  const { dryRun } = run.view;
  return {
    run: run.view,
    totals: {
      ...NO_TOTALS,
      services: views.length,
      failed,
      held: views.filter((view) => view.holds.length > 0).length,
      ...(dryRun ? { wouldRelease: released } : { released }),
      ...countChanges(states),
    },
    services: views.sort((a, b) => (a.id < b.id ? -1 : 1)),
    notices: reported.map(({ notice }) => notice).sort((a, b) => ((a.service ?? '') < (b.service ?? '') ? -1 : 1)),
    error: null,
    enforced: [],
    panels: broken,
    ...(agents.length === 0 ? {} : { agents }),
  };
}

/** Finds the services with an action in doubt for a hold, which must be resolved before the release. */
async function servicesInDoubt({ store }: Context, { panel, reason }: ReleaseAllRequest): Promise<string[]> {
  const rows = await store.actions.unresolved(panel === undefined ? {} : { panel });
  const reasons = new Map(rows.length === 0 ? [] : (await store.holds.all()).map((hold) => [hold.id, hold.reason]));
  return rows.flatMap(({ service, hold, calledAt }) => {
    if (service === null || hold === null || calledAt === null) return [];
    return reason === undefined || reasons.get(hold) === reason ? [service] : [];
  });
}

/**
 * Finds the services that the last releases of all did not finish: a killed one may have started forwards that the customer had paused,
 * when nothing of its holds was left.
 */
async function servicesOfUnfinished({ store }: Context, { panel }: ReleaseAllRequest): Promise<string[]> {
  const services: string[] = [];
  for (const { id, service, outcome, dryRun } of await store.runs.list({ command: 'hold release', limit: RELEASES })) {
    if (service !== null || dryRun) continue;
    if (outcome === 'done') break;
    const rows = (await store.actions.list({ run: id })).filter((row) => panel === undefined || row.panel === panel);
    const open = outcome === null ? rows : rows.filter(({ state }) => state !== 'applied' && state !== 'unneeded');
    services.push(...open.flatMap((row) => row.service ?? []));
  }
  return services;
}

/** How many releases are read back to the last whole one. */
const RELEASES = 20;

async function giveBack(
  context: Context,
  run: string,
  id: string,
  request: ReleaseAllRequest,
): Promise<{ view: ServiceView; aboutHolds: CommandResult['aboutHolds'] }> {
  const ended: string[] = [];
  try {
    const { report, aboutHolds } = await runCommand(context, id, {
      command: 'hold release',
      run,
      dryRun: request.dryRun,
      waitMs: request.waitMs,
      scope: 'hold',
      storeTarget: async (_service, tables) => {
        const { reason } = request;
        const open = await tables.holds.open({ services: [id], ...(reason !== undefined && { reason }) });
        await endHolds(tables, open, context.now());
        ended.push(...open.map((hold) => hold.id));
      },
      givesBack: true,
      // What is not given back stays in the list, for a repeat.
      stopped: (tables) => reopenHolds(tables, ended),
      preview: (loaded) => {
        const { reason } = request;
        const holds = reason === undefined ? [] : loaded.holds.filter((hold) => hold.reason !== reason);
        return { ...loaded, holds };
      },
    });
    return { view: report.service, aboutHolds };
  } catch (error) {
    const view = {
      id,
      name: null,
      panel: request.panel ?? '',
      status: 'failed' as const,
      observing: true,
      mode: null,
      cycle: null,
      usage: null,
      doubted: null,
      allowance: null,
      limits: [],
      holds: [],
      wouldHold: [],
      actions: [],
      error: toItemError(error),
    };
    return { view, aboutHolds: [] };
  }
}
