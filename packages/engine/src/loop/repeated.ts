import type { DecisionRecord, SampleRecord } from '@sluice/state-store';
import type { Leases } from '../context/leases.js';
import { cycleAfter, type Verdict } from './apply.js';
import { findLimitStates, type LimitState } from '../kernel/subject/figures.js';
import { toSample } from './meter.js';
import { type ReportedRun, toDecisionRecord } from '../kernel/run/report.js';
import type { Applied, RunOnPanel } from '../kernel/subject/stages.js';

/** Readings of a run that are confirmed together at its end. */
export interface Readings {
  /** The instant for which they are confirmed; null before the first one of lists. */
  readAt: string | null;
  /**
   * Whether each service is read for itself, at an instant of its own. A figure that was the same before the run and in it was so
   * when the run began, too: that is the instant for which all are confirmed.
   */
  readonly each: boolean;
  /** Services whose sample, cycle and decision would be written as they are stored, but for run and times. */
  readonly unchanged: string[];
  /** Services with a sample of this run, and its instant, which later runs may confirm. */
  readonly written: { service: string; at: string }[];
}

/** What notes services that a run found as they were, for later runs. */
export interface NotesUnchanged {
  /** Called before the services of a page. */
  prepare(): Promise<void>;
  note(work: Applied, decision: DecisionRecord): void;
}

/** Begins with readings that are each of an instant after `began`, or with those of lists, which are all of one instant. */
export function beginReadings(began: string | null): Readings {
  return { readAt: began, each: began !== null, unchanged: [], written: [] };
}

type ReadingsRun = RunOnPanel &
  ReportedRun & {
    readonly readings: Readings | null;
    readonly leases: Leases;
    readonly compliant: NotesUnchanged | null;
    /** Services with alarms: what is written about them may end these. */
    readonly alarmed: ReadonlySet<string>;
  };

/** Counts the services whose readings repeat what is stored, to be confirmed at the end; returns the others. */
export async function splitRepeated(
  run: ReadingsRun,
  subjects: readonly Applied[],
  treatment: Verdict['treatment'],
): Promise<readonly Applied[]> {
  const { context, readings, report, results } = run;
  if (readings === null) return subjects;
  readings.readAt ??= subjects.find(({ usage }) => usage !== null)?.usage?.at ?? null;
  // Most readings are of other figures, for which nothing more is loaded.
  const candidates = subjects.filter(
    (work) =>
      isPlain(work) && !run.alarmed.has(work.service.id) && isOfRun(work, readings) && repeatsCycle(work, readings),
  );
  const repeating = await withStored(run, readings, candidates);
  if (repeating.size > 0) await run.compliant?.prepare();
  const at = { id: report.run.id, at: context.now() };
  return subjects.filter((read) => {
    const { id } = read.service;
    const work = repeating.get(id);
    if (work !== undefined) {
      const how = treatment(work);
      const decision = toDecisionRecord(context, at, work, how);
      if (repeatsDecision(decision, work, readings)) {
        readings.unchanged.push(id);
        run.compliant?.note(work, decision);
        results.add(work, readings.each ? { ...decision, readAt: readings.readAt } : decision, how);
        return false;
      }
    }
    if (read.usage !== null && isOfRun(read, readings) && mayRest(read))
      readings.written.push({ service: id, at: read.usage.at });
    return true;
  });
}

/** Returns those services, with the decision about each, whose sample would be written as it is stored. */
async function withStored(
  { context, panel }: ReadingsRun,
  readings: Readings,
  subjects: readonly Applied[],
): Promise<Map<string, Applied>> {
  if (subjects.length === 0) return new Map();
  const { confirmations, decisions } = context.store;
  const ids = subjects.map(({ service }) => service.id);
  const samples = new Map((await confirmations.samples(panel.name, ids)).map((row) => [row.service, row]));
  const isStored = (work: Applied): boolean => {
    const sample = samples.get(work.service.id);
    return sample !== undefined && repeatsSample(work, sample, readings);
  };
  const repeating = subjects.filter(isStored);
  // Only a panel with checkpoints has loaded its decisions.
  const latest = readings.each ? await decisions.latest(repeating.map(({ service }) => service.id)) : [];
  const loaded = new Map(latest.map((decision) => [decision.service, decision]));
  return new Map(
    repeating.flatMap((read): [string, Applied][] => {
      const decision = loaded.get(read.service.id);
      const work = decision === undefined ? read : { ...read, history: { ...read.history, decision } };
      return work.history.decision?.readAt === work.recorded?.readAt ? [[work.service.id, work]] : [];
    }),
  );
}

/** Confirms the readings of a run that repeat what is stored. */
export async function confirmReadings({ context, panel, run, readings, leases }: ReadingsRun): Promise<void> {
  if (readings === null || readings.readAt === null) return;
  const { readAt, unchanged, written } = readings;
  const request = { panel: panel.name, run, at: context.now(), readAt, unchanged, written };
  // The end of the run waits for the disk.
  await context.write(leases.held, (tables) => tables.confirmations.confirm(request), { durable: false });
}

/** Whether the reading is of an instant that the run confirms. */
function isOfRun({ usage }: Applied, { readAt, each }: Readings): boolean {
  if (usage === null || readAt === null) return false;
  return each ? usage.at >= readAt : usage.at === readAt;
}

/**
 * Whether later readings are likely to repeat this one. While figures change, those that a run writes are no more than replaced: to open
 * the sample of each for confirmations would cost more than the one row that is written once they rest.
 */
function mayRest({ cycle, recorded }: Applied): boolean {
  if (cycle === null || recorded === null) return true;
  return recorded.readAt === null || cycle.id !== recorded.id || cycle.totalBytes === recorded.totalBytes;
}

/** Whether nothing but a reading is to be written about the service. */
function isPlain(work: Applied): boolean {
  const { skipped, error, usage, holds, opens, closes, closing, awaited, cycleIsNew, wrongCycles } = work;
  if (skipped !== null || error !== null || usage === null || cycleIsNew) return false;
  if (closing !== null || awaited !== null || work.plan?.byOthers !== undefined) return false;
  return holds.length + opens.length + closes.length + wrongCycles.length === 0;
}

/** Whether the cycle would be written as it is stored, but for the time of the reading. */
function repeatsCycle(work: Applied, { each }: Readings): boolean {
  const { cycle, recorded, usage } = work;
  if (usage === null || cycle === null || recorded === null || cycle.totalBytes !== recorded.totalBytes) return false;
  // A counter was read when it was read: it is not confirmed for another instant.
  if (each && (toTime(cycle.counter) !== null || toTime(recorded.counter) !== null)) return false;
  if (toTime(cycle.counter) !== (toTime(recorded.counter) === null ? null : usage.at)) return false;
  return isSame(cycleAfter(work, cycle), recorded, OF_CYCLE) && isSame(cycle.counter, recorded.counter, TIME);
}

/** Whether the sample would be written as it is stored, but for its time. */
function repeatsSample(work: Applied, stored: SampleRecord, { readAt }: Readings): boolean {
  const sample = toSample(work);
  if (sample === null) return false;
  const { at: lastAt } = stored;
  return lastAt < (readAt ?? sample.at) && lastAt === work.recorded?.readAt && isSame(sample, stored, OF_SAMPLE);
}

// What is compared without these is compared in place: copies for ten thousand services would cost more than the rest.
const TIME = new Set(['at']);
const OF_SAMPLE = new Set(['at', 'resolution']);
const OF_CYCLE = new Set(['readAt', 'counter']);
const OF_DECISION = new Set(['run', 'at', 'readAt', 'inputs']);
const OF_INPUTS = new Set(['reading', 'limits']);
const OF_LIMIT = new Set(['count']);
// The reading itself, whose figures are those of the sample.
const OF_COUNT = new Set(['last']);
const NOTHING = new Set<string>();

/** Whether the decision would be written as it is stored, but for run and times. */
function repeatsDecision(decision: DecisionRecord, { history }: Applied, { each }: Readings): boolean {
  if (history.decision === null) return false;
  const inputs = decision.inputs as { reading?: unknown };
  const before = history.decision.inputs as { reading?: unknown };
  if (each ? toTime(inputs.reading) !== null : toTime(inputs.reading) !== decision.readAt) return false;
  if ((toTime(before.reading) === null) !== each) return false;
  return (
    isSame(decision, history.decision, OF_DECISION) &&
    isSame(inputs, before, OF_INPUTS) &&
    repeatsLimits(findLimitStates(decision), findLimitStates(history.decision)) &&
    isSame(inputs.reading, before.reading, TIME)
  );
}

function repeatsLimits(limits: readonly LimitState[], before: readonly LimitState[]): boolean {
  if (limits.length !== before.length) return false;
  return limits.every((limit, index) => {
    const other = before[index];
    return isSame(limit, other, OF_LIMIT) && isSame(limit.count, other?.count, OF_COUNT);
  });
}

function toTime(value: unknown): unknown {
  return (value as { at?: unknown } | null | undefined)?.at ?? null;
}

/** Whether two values are the same as JSON, but for these members. */
function isSame(a: unknown, b: unknown, except: ReadonlySet<string> = NOTHING): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((value, index) => isSame(value, b[index]));
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  // Almost all members are equal: what costs more is asked of the others alone.
  for (const key in left) {
    if (left[key] !== right[key] && !except.has(key) && !isSame(left[key], right[key])) return false;
  }
  for (const key in right) {
    if (left[key] === undefined && right[key] !== undefined && !except.has(key)) return false;
  }
  return true;
}
