import { setImmediate as answersTaken } from 'node:timers/promises';
import type { CycleRecord, HoldRecord, StoreTables } from '@sluice/state-store';
import { backupBeforeEnforcing } from '../backups.js';
import type { Leases } from '../leases.js';
import { errorOfDoubt } from './doubt.js';
import { carryOut } from './enforce.js';
import { leaveOutChanged, type OtherLeases } from './facts.js';
import { actionRow } from './journal.js';
import { type Notice, noticesOf, planNotices } from './notices.js';
import { peaksOf, sampleOf } from './observe.js';
import { needsLook } from './plan.js';
import type { Treatment } from './report.js';
import type { PassRequest } from './request.js';
import { resolveDoubts } from './resolve.js';
import { saveResources } from './sharing.js';
import { type Applied, type Planned, type RunOnPanel, unapplied, withError } from './stages.js';

/** A run over one panel that makes changes. */
interface ApplyRun extends RunOnPanel {
  readonly request: PassRequest;
  readonly leases: Leases;
  /** Services that other runs worked on when this one began. */
  readonly leasesAtStart: OtherLeases;
}

/** How a run treats what it planned. */
export interface Verdict {
  /** The brake blocks the changes. */
  stopped: boolean;
  treatment: (work: Pick<Applied, 'enforcement'>) => Treatment;
}

/** What a run did for its services, and what is to be told of them. */
interface Outcome {
  works: Applied[];
  notices: Notice[];
}

/** Writes the decisions down, and makes the changes; a dry run only lists them. */
export async function apply(run: ApplyRun, planned: readonly Planned[], verdict: Verdict): Promise<Outcome> {
  const begun = planned.map(unapplied);
  if (run.request.dryRun || begun.length === 0) {
    return { works: showSteps(run, begun, verdict), notices: noticesOfAll(begun, verdict) };
  }
  const { works, notices } = await commitDecisions(run, begun, verdict);
  return { works: await applyChanges(run, showSteps(run, works, verdict), verdict), notices };
}

/** The brake blocked the changes of a run that it stopped: of these nothing is reported but that. */
function noticesOfAll(works: readonly Applied[], { stopped }: Verdict): Notice[] {
  return works
    .filter((work) => !work.changedMeanwhile && (!stopped || work.enforcement.value === 'observe'))
    .flatMap((work) => [...noticesOf(work), ...planNotices(work, work.plan)]);
}

/** Writes the decisions down where their facts are still true. */
async function commitDecisions(run: ApplyRun, begun: readonly Applied[], verdict: Verdict): Promise<Outcome> {
  const { session, leases } = run;
  if (begun.some((work) => !verdict.treatment(work).shownOnly)) await backupBeforeEnforcing(session);
  return session.write(leases.held, async (tables) => {
    const checked = await leaveOutChanged(session, tables, begun.filter(isAffected), run);
    const works = replaced(begun, checked);
    const notices = noticesOfAll(works, verdict);
    await saveResources(run, tables);
    const current = works.filter((work) => !work.changedMeanwhile);
    const written = await commit(tables, current, verdict, session.now());
    return { works: replaced(works, written), notices };
  });
}

/** Whether the run has something to do for the service, so that its facts must still be true. */
function isAffected({ opens, closes, unsettled, plan }: Applied): boolean {
  if (opens.length > 0 || closes.length > 0 || unsettled.length > 0) return true;
  return plan !== null && (plan.steps.length > 0 || plan.settle.length > 0 || plan.moves.length > 0);
}

/** Writes down readings, cycles and the holds that begin and end, before anything is changed on the panel. */
export async function commit(
  tables: StoreTables,
  works: readonly Applied[],
  { stopped, treatment }: Verdict,
  at: string,
): Promise<Applied[]> {
  await tables.samples.add(works.map(sampleOf).filter((sample) => sample !== null));
  // The calls of the next pages go on: nothing here keeps their answers waiting for long.
  await answersTaken();
  // A reading that the brake stopped is kept as a sample, but is no peak to measure later ones against.
  const isAccepted = (work: Applied): boolean => !stopped || treatment(work).observing;
  const measured = works.map((work) => (isAccepted(work) ? withReading(work) : work));
  const accepted = measured.filter(isAccepted);
  await tables.cycles.put(accepted.flatMap((work) => [work.closing, work.cycle]).filter((cycle) => cycle !== null));
  for (const work of accepted) await forgetWrongCycles(work, tables);
  const written: Applied[] = [];
  for (const work of measured) {
    // Drafts that are only shown never become holds.
    if (treatment(work).shownOnly) written.push(work.drafts.length === 0 ? work : { ...work, drafts: [] });
    else written.push(await commitHolds(work, at, tables));
  }
  return written;
}

function withReading(work: Applied): Applied {
  return work.cycle === null ? work : { ...work, cycle: cycleAfter(work, work.cycle) };
}

/** Returns a service's cycle with its peaks, allowance and thresholds after the reading that was decided on. */
export function cycleAfter(
  { decision, allowance, thresholds }: Applied,
  cycle: Readonly<CycleRecord>,
): Readonly<CycleRecord> {
  const { peakInBytes, peakOutBytes, peakTotalBytes } = peaksOf(cycle);
  return {
    ...cycle,
    peakInBytes,
    peakOutBytes,
    peakTotalBytes,
    allowance: decision === null ? cycle.allowance : allowance,
    thresholds: thresholds.length === 0 ? cycle.thresholds : [...cycle.thresholds, ...thresholds],
  };
}

/** Forgets cycles that a wrong clock opened; all that was bought for them is for the cycle that runs. */
async function forgetWrongCycles({ cycle, wrongCycles, service }: Applied, tables: StoreTables): Promise<void> {
  if (cycle === null || wrongCycles.length === 0) return;
  const cycles = wrongCycles.map(({ id }) => id);
  for (const purchase of await tables.purchases.list({ service: service.id, cycles }))
    await tables.purchases.update(purchase.id, { cycle: cycle.id });
  await tables.cycles.remove(cycles);
}

async function commitHolds(work: Applied, at: string, tables: StoreTables): Promise<Applied> {
  const { holds, drafts, closes } = work;
  if (holds.length + drafts.length + closes.length === 0) return work;
  const kept: HoldRecord[] = [];
  for (const hold of holds) if (!closes.includes(hold)) kept.push(await withFigures(work, hold, tables));
  for (const hold of drafts) await tables.holds.add(hold);
  for (const hold of closes) await tables.holds.end(hold.id, at);
  const released = closes.length > 0;
  return { ...work, holds: [...kept, ...drafts], drafts: [], opens: [], closes: [], released };
}

/** Returns a limit's hold with the figures that it now rests on: a release is measured against them. */
async function withFigures(
  { usage, decision, cycle }: Applied,
  hold: HoldRecord,
  tables: StoreTables,
): Promise<HoldRecord> {
  const limit = decision?.limits.find((one) => one.limit === hold.reason);
  if (usage === null || limit?.allowedBytes == null) return hold;
  const { usedBytes, allowedBytes } = limit;
  const change = { cycle: cycle?.id ?? null, usedBytes, allowedBytes };
  if (hold.cycle !== change.cycle || hold.allowedBytes !== change.allowedBytes)
    await tables.holds.update(hold.id, change);
  return { ...hold, ...change };
}

/** Lists the steps of services for which nothing is carried out. */
function showSteps(run: ApplyRun, works: readonly Applied[], { treatment }: Verdict): Applied[] {
  const { session, panel, request } = run;
  return works.map((work) => {
    const { plan } = work;
    if (!plan || work.changedMeanwhile || !treatment(work).shownOnly) return work;
    const shown = { ...work, actions: plan.steps.map((step) => actionRow(session, run.run, work, step)) };
    return request.dryRun ? withError(shown, errorOfDoubt(panel, work)) : shown;
  });
}

/** Makes the changes; under `observe` only reads how earlier ones ended. */
async function applyChanges(run: ApplyRun, works: readonly Applied[], { treatment }: Verdict): Promise<Applied[]> {
  const { panel, request, leases } = run;
  const current = works.filter((work) => work.skipped === null && !work.changedMeanwhile);
  const observing = current.filter((work) => treatment(work).observing);
  const resolved = await resolveDoubts(run, observing, leases);
  const due = current.filter((work) => !treatment(work).shownOnly && needsLook(panel, work, request));
  return replaced(works, [...resolved, ...(await carryOut(run, due, leases))]);
}

/** Returns the services, with those that have changed in their places. */
export function replaced(works: readonly Applied[], changed: readonly Applied[]): Applied[] {
  if (changed.length === 0) return [...works];
  const byId = new Map(changed.map((work) => [work.service.id, work]));
  return works.map((work) => byId.get(work.service.id) ?? work);
}
