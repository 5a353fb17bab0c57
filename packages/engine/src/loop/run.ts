import type { RunReport } from '@sluice/contract/documents';
import { type ItemError, toItemError, type Panel, type SluiceError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { interruptedError } from '../base/interruption.js';
import { readEnforcements } from '../context/enforcement.js';
import { isLiving } from '../base/lifecycle.js';
import { takePanels } from '../context/take-panels.js';
import { requirePanelName } from '../base/config/find-panel.js';
import type { Context } from '../context/context.js';
import { requireService } from '../context/find-service.js';
import { findRefusal, findRemovedPanels, UNEXPECTED } from '../kernel/run/left-elsewhere.js';
import {
  noteUndecided,
  reportElsewhere,
  reportFormerNames,
  reportRemovedPanels,
} from '../kernel/run/report-elsewhere.js';
import { isMistake, withRun } from '../kernel/run/bracket.js';
import { findFallen } from './plausible.js';
import { isPanelDue, isTimeForDuties } from './due.js';
import { runPanel } from './panel-run.js';
import type { EndedRun, RunDuty, RunPart, RunParts } from './run-part.js';
import { readFirstReading } from '../kernel/subject/next-readings.js';
import { decideOutcome, RunResults } from '../kernel/run/report.js';
import { wholeError } from '../kernel/run/notice.js';
import type { Run } from '../kernel/run/bracket.js';
import { isWatched, type RunRequest, toScope, startProgress } from '../kernel/run/run-request.js';

/**
 * Executes one run over panels, each under its lease: observe, decide, plan, apply. What can't be read changes nothing; the brake
 * stops a panel's run before its first change. Then the run does its duties, ends with the outcome of all of it, and news is sent.
 *
 * @throws SluiceError where none of the panels can be opened, by a run that is watched after all of this
 */
export async function runPanels(context: Context, request: RunRequest, features: RunParts): Promise<RunReport> {
  const { report, refusal } = await withRun(context, { ...request, scope: toScope(request) }, (run) =>
    workAndEnd(context, run, request, features),
  );
  if (refusal !== null && !context.deps.signal.aborted) throw refusal;
  return report;
}

async function workAndEnd(context: Context, run: Run, request: RunRequest, features: RunParts): Promise<OverPanels> {
  const done = await overPanels(context, run, request, features.parts);
  const { report, results, refusal } = done;
  const ofPanels = decideOutcome(report, results, request);
  if (ofPanels === 'failed') report.error ??= wholeError(report.services, report.panels);
  // Other runs may begin: a backup and the billing system can take long.
  await run.leases.releaseAll();
  const ended = { context, request, report };
  const error = await doDuties(ended, features.duties);
  report.error ??= error;
  if (context.deps.signal.aborted) report.error = toInterrupted(results);
  const outcome = error === null ? ofPanels : 'failed';
  await run.end({ outcome: refusal === null ? outcome : 'usage', changes: results.changes, error: report.error });
  await features.news(ended);
  return done;
}

const NONE_FALLEN: ReadonlySet<string> = new Set();

/** What was done on the panels of a run. */
interface OverPanels {
  report: RunReport;
  results: RunResults;
  /** Why none of them could be opened; null where one was. */
  refusal: SluiceError | null;
}

async function overPanels(
  context: Context,
  run: Run,
  request: RunRequest,
  parts: readonly RunPart[],
): Promise<OverPanels> {
  const removed = await findRemovedPanels(context);
  const { panels, only } = await selectPanels(context, request, parts);
  const refusal = await findRefusal(context, panels);
  if (refusal !== null && !isWatched(request)) throw refusal;
  const results = new RunResults(request.keepAll ?? true, (name) => context.findKind(name), request.command === 'plan');
  const { totals } = results;
  run.totals = totals;
  const report: RunReport = {
    run: run.view,
    totals,
    services: [],
    notices: [],
    error: null,
    enforced: [],
    panels: [],
  };
  const { leases } = run;
  const names = request.dryRun ? panels : await takePanels(context, leases, panels, report.panels);
  await run.start();
  const advance = await startProgress(context, request, names);
  const undecided = new Map<string, ItemError>();
  for (const name of names) {
    const panel = await openPanel(context, name, undecided);
    if (panel === null) continue;
    const fallen = request.allowMass ? await findFallen(context, request, name, leases.held) : NONE_FALLEN;
    const ofPanels = { context, panel, request, leases, report, results, advance, fallen };
    const refused = await runPanel(ofPanels, only, parts).catch(toPanelFault);
    if (refused !== null) undecided.set(name, refused);
  }
  report.panels.push(...[...undecided].map(([panel, error]) => ({ panel, error })));
  await noteUndecided(context, { request, report, panels, names, undecided });
  await reportElsewhere(context, request, report);
  await reportRemovedPanels(context, request, report, removed);
  await reportFormerNames(context, request, report);
  report.services = results.views(names);
  if (request.dryRun && request.service === undefined && context.config.poll.maxOvershoot !== undefined)
    report.nextReadings = await listNext(context, panels);
  report.enforced = await countEnforced(context, request, run.view.observing);
  return { report, results, refusal };
}

/**
 * Writes the file of open holds and the API log, and does what features do after each run, each also where another one failed.
 * Returns the first error.
 */
async function doDuties(ended: EndedRun, duties: readonly RunDuty[]): Promise<ItemError | null> {
  const { context, request } = ended;
  if (!request.dryRun) context.refreshHoldsFile();
  const isTime = request.due !== true || request.dryRun || (await isTimeForDuties(context, request));
  const tasks = (isTime ? duties : []).map((duty) => async () => {
    if (await duty.wants(ended)) await duty.end(ended);
  });
  let first: ItemError | null = null;
  for (const task of [...tasks, () => context.flush()]) {
    try {
      await task();
    } catch (error) {
      first ??= toItemError(error);
    }
  }
  return first;
}

function toInterrupted({ totals }: RunResults): ItemError {
  return interruptedError(`${totals.read} of ${totals.services} services read, `, totals.actions);
}

/** Returns when the first service of each panel is read next. */
async function listNext(context: Context, panels: readonly string[]): Promise<NonNullable<RunReport['nextReadings']>> {
  const found = await Promise.all(
    panels.map(async (panel) => ({ panel, next: await readFirstReading(context, panel) })),
  );
  return found.flatMap(({ panel, next }) => (next === null ? [] : [{ panel, next }]));
}

/** Counts the services of observed panels whose product is enforced. */
async function countEnforced(
  { config, store }: Context,
  { assumed, service }: RunRequest,
  observing: readonly string[],
): Promise<RunReport['enforced']> {
  const enforcements = await readEnforcements(config, store, assumed);
  const enforced: RunReport['enforced'] = [];
  for (const panel of observing) {
    const all = await store.services.list({ panel, ...(service !== undefined && { ids: [service] }) });
    const services = all.filter((row) => isLiving(row) && !enforcements.isObserving(panel, row.product)).length;
    if (services > 0) enforced.push({ panel, services });
  }
  return enforced;
}

/** Selects the panels with services or with something for a part of the run, or the panel of the requested service. */
async function selectPanels(
  context: Context,
  request: RunRequest,
  parts: readonly RunPart[],
): Promise<{ panels: string[]; only: ServiceRecord | null }> {
  if (request.panel !== undefined) requirePanelName(context, request.panel);
  if (request.service !== undefined) {
    const only = await requireService(context, request.service);
    requirePanelName(context, only.panel);
    if (request.panel !== undefined && request.panel !== only.panel) {
      throw usageError(
        'wrong_panel',
        `"${only.id}" is on panel "${only.panel}", not on "${request.panel}"; no panel was called`,
        { service: only.id, panel: only.panel },
      );
    }
    return { panels: [only.panel], only };
  }
  const ofParts = new Set<string>();
  for (const part of parts) for (const panel of (await part.panels?.(context, request)) ?? []) ofParts.add(panel);
  const panels: string[] = [];
  for (const panel of request.panel === undefined ? Object.keys(context.config.panels) : [request.panel]) {
    const isUsed = (await context.store.services.list({ panel, limit: 1 })).length > 0;
    if (!isUsed && !ofParts.has(panel)) continue;
    if (request.due !== true || (await isPanelDue(context, panel))) panels.push(panel);
  }
  return { panels, only: null };
}

/** Returns a fault in what is read of one panel, which keeps no other from being decided; throws what concerns the whole run. */
function toPanelFault(error: unknown): ItemError {
  if (!isMistake(error)) throw error;
  return { ...toItemError(error), code: UNEXPECTED };
}

/** Opens the panel; on failure records the error and returns null, so that the run continues with the other panels. */
async function openPanel(context: Context, name: string, undecided: Map<string, ItemError>): Promise<Panel | null> {
  try {
    return await context.panel(name);
  } catch (error) {
    undecided.set(name, toItemError(error));
    return null;
  }
}
