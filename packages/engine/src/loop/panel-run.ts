import { setImmediate as yieldToIo } from 'node:timers/promises';
import { type ItemError, toItemError, type Panel } from '@sluice/panel-kind';
import type { FingerprintRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { CLOCK_ERRORS, refuseUnconfirmedClock, refuseWrongClock } from '../context/clock-guard.js';
import { moment } from '../context/panel-answers.js';
import type { Context } from '../context/context.js';
import { readEnforcements } from '../context/enforcement.js';
import { loadStopped } from '../kernel/changes/reversals.js';
import { beginMark } from '../kernel/changes/store-copy.js';
import { type Notice } from '../kernel/run/notice.js';
import { record, showOnly } from '../kernel/run/report.js';
import { NO_ACCOUNT } from '../kernel/subject/account.js';
import { otherLeases } from '../context/leases.js';
import { leaveOutBegun, leaveOutZeroed } from '../kernel/subject/facts.js';
import { withLines } from './due-facts.js';
import { type DueServices, findDue, noteNext, toPages } from './due.js';
import { listExceeded } from './due-exceeded.js';
import { countActive, listBesidesFallen, planAgain, readEarlierChanges, storeNext } from './due-panel.js';
import { eachPage } from '../kernel/subject/pages.js';
import type { Applied, Decided, Read } from '../kernel/subject/stages.js';
import { isLeftOut, isLeftAsIs, isOnlyRead, saysStopped, untouched } from '../kernel/subject/to-stage.js';
import { commit, type Verdict } from './apply.js';
import { beginParts, type PanelRun, type RunHooks, type RunPart } from './run-part.js';
import { CompliantServices } from './compliant.js';
import { decideHolds } from './decide.js';
import { toNotices } from './decision-notices.js';
import { readEndedCycles } from './final-reading.js';
import { findLiftChange } from '../kernel/subject/lifts.js';
import { acceptFall, countReading, wouldHoldIfBelieved } from './plausible.js';
import { decideAgain, type LeftOut, recordLeft, leaveUnread, noteUnread, treatmentIn } from './record.js';
import { load, stayInCycle } from './load.js';
import { readUsage } from './meter.js';
import { observeServices } from './observe.js';
import { historyAfter, needsObservation, planSteps } from './plan.js';
import { beginReadings, confirmReadings, splitRepeated } from './repeated.js';
import { noteObserving, openServices } from './open-services.js';
import { runSubjects } from './subjects.js';

/** A run over panels, for the run over one of them. */
type RunOfPanels = Pick<
  PanelRun,
  'context' | 'panel' | 'request' | 'leases' | 'report' | 'results' | 'advance' | 'fallen'
>;

/**
 * Runs over one panel. Reads usage and decides page by page, storing services that need nothing more at once; then observes the
 * others, asks the brake, and makes the changes. Returns why it decided nothing: the present time or the panel's list can't be believed.
 */
export async function runPanel(
  ofPanels: RunOfPanels,
  only: ServiceRecord | null,
  parts: readonly RunPart[],
): Promise<ItemError | null> {
  const { context, request, report, panel, leases } = ofPanels;
  const readsDue = request.due === true && only === null;
  const due = readsDue ? await findDue(context, panel, { leases: leases.held, dryRun: request.dryRun }) : null;
  if (readsDue && due === null) return null;
  if (!readsDue && !request.dryRun) await planAgain(ofPanels, only);
  const first = await runOnce({ ...ofPanels, due }, only, parts);
  if ('code' in first) return first;
  if (request.dryRun) return null;
  const left = await decideAgain(first, async (service) => {
    const ofService = { ...ofPanels, request: { ...request, service: service.id }, advance: () => undefined };
    const again = await runOnce(ofService, service, parts);
    if (!('code' in again)) return again;
    report.panels.push({ panel: panel.name, error: again });
    return null;
  });
  await recordLeft(first.run, left);
  await storeNext(first.run);
  return first.run.read === 0 ? first.run.ignored : null;
}

/** Runs over one panel, and returns what commands kept it from; an error where nothing can be decided by the present time. */
async function runOnce(
  ofPanels: RunOfPanels & { due?: DueServices | null },
  only: ServiceRecord | null,
  parts: readonly RunPart[],
): Promise<LeftOut | ItemError> {
  const { context, panel } = ofPanels;
  const run = await beginRun(ofPanels, only);
  try {
    const hooks = withNext(run, await beginParts(run, parts));
    const compliant = await CompliantServices.begin(run, hooks);
    run.compliant = compliant;
    const steps = {
      read: (page: ServiceRecord[]) => readPage(run, hooks, page),
      write: (reads: Read[]) => writeReads(run, hooks, reads),
    };
    const pages = run.due?.services == null ? compliant?.pages() : toPages(run.due.services);
    await eachPage(context, panel, only, { pages, ...steps });
    if (run.due !== null) await readBesides(run, run.due, steps);
    await confirmReadings(run);
    await hooks.afterPages();
    await compliant?.store();
    run.open.sort((a, b) => (a.service.id < b.service.id ? -1 : 1));
    if (run.observing) noteObserving(run);
    return await runSubjects(run, openServices(run, hooks));
  } catch (error) {
    const refused = toItemError(error);
    if (!CLOCK_ERRORS.includes(refused.code)) throw error;
    return refused;
  }
}

/** Notes when services are read next, once the run is done with them. */
function withNext(run: PanelRun, hooks: RunHooks): RunHooks {
  const { due } = run;
  if (due === null) return hooks;
  return {
    ...hooks,
    finished(subjects) {
      hooks.finished(subjects);
      noteNext(due, subjects);
    },
  };
}

/** Reads what a run over a part of a panel has to know of the others. */
async function readBesides(
  run: PanelRun,
  due: DueServices,
  steps: Parameters<typeof eachPage<Read>>[3],
): Promise<void> {
  const others = await listBesidesFallen(run, due);
  if (others.length > 0) await eachPage(run.context, run.panel, null, { ...steps, pages: toPages(others) });
  if (run.open.length + run.doubted.size === 0) return;
  if (due.services !== null) run.active = await countActive(run);
  run.earlier = await readEarlierChanges(run);
  run.notices.push(...(await listExceeded(run, due)));
}

async function beginRun(
  ofPanels: RunOfPanels & { due?: DueServices | null },
  only: ServiceRecord | null,
): Promise<PanelRun> {
  const { context, panel, request, report, due = null } = ofPanels;
  const { store } = context;
  const { id } = report.run;
  const start = moment(context);
  const isWhole = only === null && !request.dryRun;
  if (isWhole) await beginMark(context, panel);
  const alarms = await store.alarms.list({ panel: panel.name });
  return {
    ...ofPanels,
    only,
    due,
    earlier: [],
    run: id,
    scope: request.observeAll ? 'reconcile' : 'poll',
    start,
    fingerprint: await usageFingerprint(context, panel),
    leasesAtStart: await otherLeases(context, id),
    stopped: await loadStopped(context, panel.name),
    alarmed: new Set(alarms.map(({ service }) => service)),
    stoppedByPanel: new Set(alarms.filter(saysStopped).map(({ service }) => service)),
    enforcements: await readEnforcements(context.config, store, request.assumed),
    readings:
      isWhole && due?.services == null ? beginReadings(panel.snapshot?.paged === true ? null : context.now()) : null,
    count: { compared: 0, fell: 0, expected: 0, aboveZero: 0 },
    ...{ open: [], left: [], notices: [], active: 0, read: 0, unread: 0, ignored: null, observing: false },
    compliant: null,
    resources: new Map(),
    doubted: new Set(),
  };
}

/** Returns the confirmed shape of the panel's usage answers, if any. */
async function usageFingerprint(context: Context, panel: Panel): Promise<FingerprintRecord | null> {
  const { plausibility } = panel;
  if (plausibility === undefined) return null;
  const known = await context.store.fingerprints.list(panel.name);
  return known.find((item) => item.endpoint === plausibility.endpoint && item.confirmed) ?? null;
}

async function readPage(run: PanelRun, hooks: RunHooks, page: ServiceRecord[]): Promise<Read[]> {
  const { context, panel, request, enforcements } = run;
  const loaded = await hooks.afterLoad(await load(context, panel, page, { enforcements }));
  let left = loaded.length;
  const reads = await readUsage(context, panel, loaded, {
    allowShort: request.allowMass,
    fingerprint: run.fingerprint,
    wouldCharge: hooks.wouldCharge,
    onRead: () => {
      left--;
      run.advance(1);
    },
  });
  if (left > 0) run.advance(left);
  refuseWrongClock(context, panel.name, run.start);
  await refuseUnconfirmedClock(context, panel.name, run.start);
  // Without a reading or the panel's clock, no cycle starts or ends.
  const isConfirmed = context.clockDifference(panel.name) !== null;
  const placed = isConfirmed ? reads : reads.map((read) => (read.usage === null ? stayInCycle(read) : read));
  const readsEnds = !request.dryRun && panel.kind.capabilities.includes('window-usage');
  const lined = request.observeAll || request.dryRun ? placed : await withLines(context, panel, placed);
  return readsEnds ? readEndedCycles(context, panel, lined, run.fingerprint) : lined;
}

/** Decides on services that were read, and stores those that need nothing more. */
async function writeReads(run: PanelRun, hooks: RunHooks, reads: Read[]): Promise<void> {
  const { context, request } = run;
  // Lets the next page send its calls first.
  await yieldToIo();
  const finished = await finishCompliant(run, decidePage(run, hooks, leaveUnread(run, reads)));
  hooks.finished(finished);
  const listNotices = (of: readonly Applied[]): Notice[] => of.flatMap((work) => toNotices(context, work, request));
  // Lets the next page handle its answers and send further calls before the store blocks.
  await yieldToIo();
  const treatment = treatmentIn(run, false);
  // A poll leaves what the last reconcile found out about a missing account.
  const isLeft = ({ skipped, history }: Applied): boolean =>
    !request.observeAll && skipped === NO_ACCOUNT && history.decision !== null;
  if (request.dryRun) showOnly(run, { subjects: finished, treatment, notices: listNotices(finished) });
  else {
    const left = finished.filter(isLeft);
    if (left.length > 0) showOnly(run, { subjects: left, treatment, notices: [] });
    const noted = finished.filter((work) => !isLeft(work));
    const changed = await splitRepeated(run, noted, treatment);
    const isWritten = new Set(changed.map(({ service }) => service.id));
    const repeated = listNotices(finished.filter(({ service }) => !isWritten.has(service.id)));
    if (changed.length + repeated.length === 0) return;
    // One transaction is enough, since nothing changes on the panel in between. What is not on the disk yet can be read again.
    const store = async (tables: StoreTables) => {
      const asRead: Verdict = { stopped: false, treatment: () => ({ previewOnly: false, observing: false }) };
      const checked = await leaveOutZeroed(run.panel, tables, await leaveOutBegun(tables, changed));
      const current = checked.filter((work) => !isLeftOut(work));
      const subjects = await commit(tables, current, asRead, context.now());
      const notices = [...repeated, ...listNotices(current)];
      return { show: await record(run, tables, { subjects, treatment, notices }), left: checked.filter(isLeftOut) };
    };
    const done = await context.write(run.leases.held, store, { durable: false });
    done.show();
    run.left.push(...done.left);
  }
}

function decidePage(run: PanelRun, hooks: RunHooks, reads: readonly Read[]): Decided[] {
  const { context, panel } = run;
  const now = context.now();
  return reads.map((answered) => {
    countReading(run.count, answered);
    const read = acceptFall(answered, run.fallen);
    if (read.usage !== null || read.doubted !== null) run.read++;
    else if (read.error !== null || read.answer?.reading.known === false) noteUnread(run, read);
    if (read.enforcement.value === 'observe') run.observing = true;
    const decided = hooks.afterDecide(decideHolds(context, panel, read, now));
    if (decided.skipped === null) run.active++;
    if (decided.enforcement.value === 'on' && wouldHoldIfBelieved(decided)) run.doubted.add(read.service.id);
    return decided;
  });
}

/** Returns the services that need nothing more; adds the others to `open`. */
async function finishCompliant(run: PanelRun, decided: readonly Decided[]): Promise<Applied[]> {
  const { open } = run;
  const compliant = await findCompliant(run, decided);
  const finished: Applied[] = [];
  for (const work of decided) {
    const done = compliant.get(work.service.id);
    if (done) finished.push(done);
    else if (work.more !== null || needsMore(run, work)) open.push(work);
    else finished.push(untouched(work));
  }
  return finished;
}

/** Fast path for panels where observing costs no call: finds compliant services, which need no further planning. */
async function findCompliant(run: PanelRun, decided: readonly Decided[]): Promise<Map<string, Applied>> {
  const compliant = new Map<string, Applied>();
  if (run.panel.snapshot?.paged !== true) return compliant;
  const unchanged = decided.filter(
    (work) =>
      work.skipped === null &&
      work.more === null &&
      !isLeftAsIs(work) &&
      work.opens.length + work.closes.length + work.unresolved.length === 0,
  );
  const observations = await observeServices(
    run,
    unchanged.map((work) => work.service),
  );
  for (const work of unchanged) {
    const observation = observations.get(work.service.id) ?? null;
    const seen = untouched(work, observation);
    const { target, plan, drift, besides } = planSteps(run, seen);
    const { steps, endedEvidence, moves, refs, problems, notices = [] } = plan;
    const due = steps.length + endedEvidence.length + moves.length + drift.length + problems.length + notices.length;
    if (due === 0 && refs === undefined && findLiftChange(run, seen, target) === null) {
      compliant.set(work.service.id, {
        ...seen,
        plan,
        besides,
        history: historyAfter(run, seen, { isTaken: true, target }),
        observation: null,
      });
    }
  }
  return compliant;
}

function needsMore(run: PanelRun, work: Decided): boolean {
  const { request } = run;
  const goesOn = request.observeAll && work.termination !== null;
  const isInDoubt = isOnlyRead(work) && work.unresolved.length > 0;
  return goesOn || isInDoubt || work.closes.length > 0 || work.opens.length > 0 || needsObservation(run, work);
}
