import { setImmediate as answersTaken } from 'node:timers/promises';
import { toItemError, type Panel } from '@sluice/panel-kind';
import type { FingerprintRecord, ServiceRecord } from '@sluice/state-store';
import { CLOCK_ERRORS, type Moment, moment, refuseUnconfirmedClock, refuseWrongClock } from '../clock/clock-guard.js';
import type { MovedError } from '../errors.js';
import { isInterrupted } from '../interruption.js';
import type { Leases } from '../leases.js';
import { type Enforcements, readEnforcements } from '../panels/enforcement.js';
import { draftPurchases } from '../purchases/auto-buy.js';
import { NO_ACCOUNT } from '../provision/account.js';
import type { Session } from '../session.js';
import { apply, commit, type Verdict } from './apply.js';
import { type Accounts, carryOutAccounts, noAccounts, planOpen, readOrders, withDue } from './accounts.js';
import { askBrake, brakeNotice } from './brake.js';
import { isBrakeError, noteBrake } from './brake-state.js';
import { beginBuying, buyDrafts, type Buying, planWithoutBuys, withWish } from './buy.js';
import { decideHolds, distrust, undecided } from './decide.js';
import { endedNotices, endWithService, findGivenAway } from './ended.js';
import { changedNotice, otherLeases, type OtherLeases } from './facts.js';
import { readEndedCycles } from './final-reading.js';
import { load, stayInCycle } from './load.js';
import { type Notice, toNotices, wouldBuy } from './notices.js';
import { countReading, mostFell, type ReadingCount, readUsage } from './observe.js';
import { eachPage } from './pages.js';
import { wouldHoldIfBelieved } from './plausible.js';
import { needsObservation, planAgain, planSteps, historyAfter, withCheckpoint } from './plan.js';
import { toHeld, type HeldWork, refreshHeld } from './refresh.js';
import { type RunReport, record, showOnly, shownNotice, type RunResults, type Treatment } from './report.js';
import type { Advance, RunRequest } from './request.js';
import type { Spend } from './limit-state.js';
import { readSpend } from './spend.js';
import {
  type Applied,
  type Decided,
  type GivenAway,
  isLeftAsIs,
  isOnlyRead,
  leftUnfinished,
  type Planned,
  type Read,
  type RunOnPanel,
  untouched,
} from './stages.js';
import { findReversals, loadStopped } from './reversals.js';
import { beginReadings, confirmReadings, type Readings, splitRepeated } from './repeated.js';
import { beginMark } from './store-mark.js';
import { endStops, mayChange } from './store-moved.js';
import { finishTerminations, stillTrue } from './terminations.js';

/** State of the run over one panel. */
interface PanelRun extends RunOnPanel {
  readonly request: RunRequest;
  readonly leases: Leases;
  readonly report: RunReport;
  readonly results: RunResults;
  readonly advance: Advance;
  /** Services that need more than a reading: held, to be held or released, in doubt, or to be observed. */
  readonly open: Decided[];
  /** Held services of a panel that may undo restrictions. */
  readonly held: HeldWork[];
  /** Active services of the panel, and those whose account is to be made or removed, for the brake. */
  active: number;
  /** Services with a reading, and those whose reading failed. */
  read: number;
  unread: number;
  /** Services that a reading would hold that is too high to be used; they count for the brake. */
  readonly doubted: Set<string>;
  observing: boolean;
  readonly fingerprint: FingerprintRecord | null;
  readonly count: ReadingCount;
  /** Null where each reading is written: of a single service, and in a dry run. */
  readonly readings: Readings | null;
  readonly start: Moment;
  /** Services with alarms at the start. */
  readonly alarmed: ReadonlySet<string>;
  /** Services that other runs worked on at the start. */
  readonly leasesAtStart: OtherLeases;
  readonly buying: Buying;
  readonly accounts: Accounts;
  ended: GivenAway;
  /** What calls cost, by service. */
  spend: ReadonlyMap<string, readonly Spend[]>;
}

/**
 * Runs over one panel. Reads usage and decides page by page, storing services that need nothing more at once; then observes the
 * others, asks the brake, and makes the changes.
 */
export async function runPanel(
  context: Pick<PanelRun, 'session' | 'panel' | 'request' | 'leases' | 'report' | 'results' | 'advance'>,
  only: ServiceRecord | null,
): Promise<void> {
  const { session, panel, request, report } = context;
  const start = moment(session);
  const fingerprint = await usageFingerprint(session, panel);
  const count = { compared: 0, fell: 0, free: 0, aboveZero: 0 };
  const { id } = report.run;
  const scope: RunOnPanel['scope'] = request.observeAll ? 'reconcile' : 'poll';
  const leasesAtStart = await otherLeases(session, id);
  const empty = {
    open: [],
    held: [],
    active: 0,
    read: 0,
    unread: 0,
    observing: false,
    resources: new Map(),
    spend: new Map(),
    stopped: await loadStopped(session, panel.name),
  };
  const isWhole = only === null && !request.dryRun;
  if (isWhole) await beginMark(session, panel);
  const readings = isWhole ? beginReadings(panel.snapshot?.paged === true ? null : session.now()) : null;
  const alarmed = new Set((await session.store.alarms.list({ panel: panel.name })).map(({ service }) => service));
  const begun = {
    ...context,
    ...empty,
    ended: new Map(),
    doubted: new Set<string>(),
    run: id,
    scope,
    fingerprint,
    count,
    start,
    leasesAtStart,
    readings,
    alarmed,
  };
  const run: PanelRun = { ...begun, accounts: noAccounts(), buying: await beginBuying(begun, only?.id ?? null) };
  const enforcements = await readEnforcements(session.config, session.store, request.assumed);
  try {
    run.spend = await readSpend(session, panel, { only, enforcements });
    run.ended = await findGivenAway(run, only, enforcements);
    await eachPage(session, panel, only, {
      read: (page) => readPage(run, page, enforcements),
      write: (reads) => writePage(run, reads),
    });
    await confirmReadings(run);
    run.open.sort((a, b) => (a.service.id < b.service.id ? -1 : 1));
    if (run.observing) report.run.observing.push(panel.name);
    await finishOpen(run);
  } catch (error) {
    const refused = toItemError(error);
    if (!CLOCK_ERRORS.includes(refused.code)) throw error;
    report.panels.push({ panel: panel.name, error: refused });
  }
}

/** Returns the confirmed shape of the panel's usage answers, if any. */
async function usageFingerprint(session: Session, panel: Panel): Promise<FingerprintRecord | null> {
  const { plausibility } = panel;
  if (plausibility === undefined) return null;
  const known = await session.store.fingerprints.list(panel.name);
  return known.find((item) => item.endpoint === plausibility.endpoint && item.confirmed) ?? null;
}

async function readPage(run: PanelRun, page: ServiceRecord[], enforcements: Enforcements): Promise<Read[]> {
  const { session, panel, request } = run;
  const loaded = await load(session, panel, page, { enforcements });
  let left = loaded.length;
  await readOrders(run, loaded);
  const metered = await readUsage(session, panel, loaded, {
    allowShort: request.allowMass,
    fingerprint: run.fingerprint,
    onRead: () => {
      left--;
      run.advance(1);
    },
  });
  if (left > 0) run.advance(left);
  const reads = metered.map((read) => {
    const spend = run.spend.get(read.service.id);
    return spend === undefined ? read : { ...read, spend };
  });
  refuseWrongClock(session, panel.name, run.start);
  await refuseUnconfirmedClock(session, panel.name, run.start);
  // Without a reading or the panel's clock, no cycle starts or ends.
  const isConfirmed = session.clockDifference(panel.name) !== null;
  const placed = isConfirmed ? reads : reads.map((read) => (read.usage === null ? stayInCycle(read) : read));
  return request.dryRun ? placed : readEndedCycles(session, panel, placed, run.fingerprint);
}

/** Decides on the services of a page, and stores those that need nothing more. */
async function writePage(run: PanelRun, reads: Read[]): Promise<void> {
  const { session, request } = run;
  // Lets the next page send its calls first.
  await answersTaken();
  const finished = await finishCalm(run, decidePage(run, leaveUnread(run, reads)));
  run.held.push(...listHeld(run, finished));
  const notices = finished.flatMap((work) => toNotices(work, session, request));
  // Lets the next page handle its answers and send further calls before the store blocks.
  await answersTaken();
  const treatment = treatmentIn(run, false);
  // A poll leaves what the last reconcile found out about a missing account.
  const isLeft = ({ skipped, history }: Applied): boolean =>
    !request.observeAll && skipped === NO_ACCOUNT && history.decision !== null;
  if (request.dryRun) showOnly(run, { works: finished, treatment, notices });
  else {
    showOnly(run, { works: finished.filter(isLeft), treatment, notices: [] });
    const noted = finished.filter((work) => !isLeft(work));
    const changed = await splitRepeated(run, noted, treatment);
    if (changed.length + notices.length === 0) return;
    // One transaction is enough, since nothing changes on the panel in between; each costs a disk flush.
    await session.write(run.leases.held, async (tables) => {
      const asRead: Verdict = { stopped: false, treatment: () => ({ previewOnly: false, observing: false }) };
      const works = await commit(tables, changed, asRead, session.now());
      await record(run, tables, { works, treatment, notices });
    });
  }
}

/** Reports services that an interrupted run did not read, and returns the others. */
function leaveUnread(run: PanelRun, reads: readonly Read[]): readonly Read[] {
  const { session } = run;
  if (!session.deps.signal.aborted) return reads;
  const isLeft = ({ answer, error }: Read): boolean =>
    isInterrupted(error) || (answer?.reading.known === false && isInterrupted(answer.reading));
  leaveUnfinished(run, reads.filter(isLeft).map(undecided));
  return reads.filter((read) => !isLeft(read));
}

/** Reports services that an interrupted run leaves as they are stored. */
function leaveUnfinished(run: PanelRun, decided: readonly Decided[]): void {
  showOnly(run, { works: decided.map(leftUnfinished), treatment: treatmentIn(run, false), notices: [] });
}

function decidePage(run: PanelRun, reads: readonly Read[]): Decided[] {
  const { session, panel } = run;
  const now = session.now();
  return reads.map((read) => {
    countReading(run.count, read);
    if (read.usage !== null || read.doubted !== null) run.read++;
    else if (read.error !== null || read.answer?.reading.known === false) run.unread++;
    if (read.enforcement.value === 'observe') run.observing = true;
    const decided = endWithService(run.ended, withDue(run, decideHolds(session, panel, read, now)));
    if (decided.skipped === null || run.accounts.due.has(read.service.id)) run.active++;
    if (decided.enforcement.value === 'on' && wouldHoldIfBelieved(decided)) run.doubted.add(read.service.id);
    return withWish(run, decided);
  });
}

/** Returns the services that need nothing more; adds the others to `open`. */
async function finishCalm(run: PanelRun, decided: readonly Decided[]): Promise<Applied[]> {
  const { panel, request, open } = run;
  const { wishes } = run.buying;
  const { due } = run.accounts;
  const calm = await findCompliant(
    run,
    decided.filter(({ service }) => !wishes.has(service.id)),
  );
  const finished: Applied[] = [];
  for (const work of decided) {
    const done = calm.get(work.service.id);
    if (done) finished.push(done);
    else if (wishes.has(work.service.id) || due.has(work.service.id) || needsMore(panel, work, request))
      open.push(work);
    else finished.push(untouched(work));
  }
  return finished;
}

/** Fast path for panels where observing costs no call: finds compliant services, which need no further planning. */
async function findCompliant(run: PanelRun, decided: readonly Decided[]): Promise<Map<string, Applied>> {
  const { session, panel, scope } = run;
  const calm = new Map<string, Applied>();
  if (panel.snapshot?.paged !== true) return calm;
  const quiet = decided.filter(
    (work) =>
      work.skipped === null &&
      !isLeftAsIs(work) &&
      work.opens.length + work.closes.length + work.unresolved.length === 0,
  );
  const services = quiet.map((work) => work.service);
  const observations = await panel.observe(services, session.deps.signal, { scope, refresh: false });
  for (const work of quiet) {
    const observation = observations.get(work.service.id) ?? null;
    const seen = untouched(work, observation);
    const { target, plan, drift } = planSteps(run, seen);
    const { steps, endedEvidence, moves, refs, problems, notices } = plan;
    const nothing = [steps, endedEvidence, moves, drift, problems, notices ?? []].every((part) => part.length === 0);
    if (nothing && refs === undefined) {
      calm.set(work.service.id, { ...seen, plan, history: historyAfter(run, seen, target), observation: null });
    }
  }
  return calm;
}

function needsMore(panel: Panel, work: Decided, request: RunRequest): boolean {
  const goesOn = request.observeAll && work.termination !== null;
  const isInDoubt = isOnlyRead(work) && work.unresolved.length > 0;
  return (
    goesOn || isInDoubt || work.closes.length > 0 || work.opens.length > 0 || needsObservation(panel, work, request)
  );
}

/** Plans the open services, asks the brake, and makes the changes. */
async function finishOpen(run: PanelRun): Promise<void> {
  const { session, panel, request, report, leases } = run;
  const fell = mostFell(run.count);
  const open = fell && !request.allowMass ? run.open.map((work) => distrust(work, fell)) : run.open;
  const drafted = fell ? { works: open, notices: [] } : await draftPurchases(run, open, run.buying.wishes);
  const planned = session.deps.signal.aborted ? [] : await planOpen(run, drafted.works);
  if (session.deps.signal.aborted) {
    leaveUnfinished(run, open);
    return;
  }
  refuseWrongClock(session, panel.name, run.start);
  const reversed = await findReversals(run, planned, request);
  const wanted = planAgain(run, planned, reversed.found);
  const moved = await askStore(run, wanted);
  const braked = request.allowMass && moved === null ? null : askBrake(session.config.poll.brake, run, wanted);
  const stop = moved ?? braked;
  const stopped = stop !== null;
  const treatment = treatmentIn(run, stopped);
  const bought = await buy(run, wanted, open, stopped);
  const applied = await apply(run, bought.works, { stopped, treatment });
  const provided = await carryOutAccounts(run, applied.works, treatment);
  const finished = await finishTerminations(run, provided, request);
  const isObserving = finished.some((work) => work.enforcement.value === 'observe');
  if (isObserving && !report.run.observing.includes(panel.name)) report.run.observing.push(panel.name);
  const works = finished.map((work) => withCheckpoint(run, work));
  const changed = works.filter((work) => work.changedMeanwhile).map((work) => changedNotice(work, run.run));
  const purchases = stopped ? wouldBuyAll(run, wanted) : [...drafted.notices, ...bought.notices];
  const about = [...run.accounts.notices, ...reversed.notices, ...purchases];
  report.notices.push(...applied.stored.map(shownNotice));
  const released = endedNotices(run.ended, works, treatment);
  const notices = [
    ...about,
    ...released,
    ...applied.notices,
    ...changed,
    ...(stop === null ? [] : [brakeNotice(run, stop)]),
  ];
  const result = { works, treatment, notices: stillTrue(notices, works) };
  if (request.dryRun) showOnly(run, result);
  else {
    if (works.length + result.notices.length > 0) {
      await session.write(leases.held, async (tables) => {
        await record(run, tables, result);
        if (isBrakeError(stop)) await noteBrake(tables, 'services', { run: run.run, at: session.now(), error: stop });
      });
    }
    if (!stopped && request.service === undefined && wasRead(run)) await endStops(session, panel.name);
  }
  run.held.push(...listHeld(run, works));
  if (!request.dryRun && !stopped) await refreshHeld(run, run.held);
}

/** Returns why this store must not change the panel; asked only by a run that would change it. */
async function askStore(
  { session, panel, request, accounts }: PanelRun,
  wanted: readonly Planned[],
): Promise<MovedError | null> {
  const isChange = ({ enforcement, service, plan, opens, closes, termination }: Planned): boolean =>
    enforcement.value === 'on' &&
    (opens.length + closes.length + (plan?.steps.length ?? 0) > 0 ||
      accounts.due.has(service.id) ||
      termination !== null);
  return wanted.some(isChange) ? mayChange(session, panel, { dryRun: request.dryRun }) : null;
}

/** Returns whether the run could decide: a panel that answers for no service ends nothing. */
function wasRead({ session, panel, read, unread }: PanelRun): boolean {
  return (session.panelFailures().get(panel.name) ?? null) === null && (read > 0 || unread === 0);
}

/** Buys what auto-buy drafted, unless the brake stopped the run; a dry run goes on as if it was bought. */
async function buy(
  run: PanelRun,
  wanted: readonly Planned[],
  before: readonly Decided[],
  stopped: boolean,
): Promise<{ works: readonly Planned[]; notices: Notice[] }> {
  if (run.request.dryRun) run.results.changes ||= wanted.some(({ buys }) => buys.length > 0);
  if (stopped) return { works: await planWithoutBuys(run, wanted, before), notices: [] };
  return run.request.dryRun ? { works: wanted, notices: [] } : buyDrafts(run, wanted, before);
}

/** What the brake stopped is shown to the operator who has to decide. */
function wouldBuyAll({ session: { config } }: PanelRun, wanted: readonly Planned[]): Notice[] {
  return wanted.flatMap(({ service, buys }) => buys.map((row) => wouldBuy(config, service, row)));
}

/** Returns how a run, stopped by the brake or not, treats services. */
function treatmentIn({ request }: PanelRun, stopped: boolean): Verdict['treatment'] {
  return ({ enforcement }): Treatment => {
    const observing = enforcement.value === 'observe';
    return { previewOnly: request.dryRun || stopped || observing, observing };
  };
}

/** Returns the held services to restrict again at the end, on a panel that may undo restrictions. */
function listHeld(run: PanelRun, works: readonly Applied[]): HeldWork[] {
  if (!run.panel.refresh) return [];
  return works.map((work) => toHeld(run, work)).filter((work) => work !== null);
}
