import type { ItemError, Panel, UsageAnswer, UsageRequest, WindowReading } from '@sluice/panel-kind';
import { confirmsJump, usageInMode } from '@sluice/quota-core';
import type { CycleRecord, FingerprintRecord, HeldLease, ServiceRecord } from '@sluice/state-store';
import {
  findHighest,
  isOfPanelFall,
  withAccepted,
  withoutPanelFall,
  withPanelFall,
} from '../kernel/subject/figures.js';
import { countOn } from '../kernel/subject/limits.js';
import { isOfLimit } from '../kernel/subject/holds.js';
import { findSourceChange, withSwapped } from '../kernel/subject/source.js';
import type { Decided, Loaded, Read, Stage } from '../kernel/subject/stages.js';
import { isLiving } from '../base/lifecycle.js';
import { nameFew } from '../base/natural-order.js';
import type { Context } from '../context/context.js';
import type { RunRequest } from '../kernel/run/run-request.js';
import { distrust } from './decide.js';

/** Code of a reading that has grown by more than is possible, or than one reading alone shows. */
export const IMPOSSIBLE_JUMP = 'impossible_jump';

/** Code of readings that fell as those of most services of their panel did. */
export const READINGS_FELL = 'readings_fell';

/** Smaller changes are noise of consolidated data. */
const NOISE_BYTES = 100 * 1024 ** 2;

/** Options of `findDoubt`. */
export interface DoubtOptions {
  /** The confirmed shape of the answers. */
  fingerprint: FingerprintRecord | null;
  window: UsageRequest['window'];
  /** Whether the operator has confirmed growth that seems impossible, and the directions as they are now. */
  believed: boolean;
}

/** Returns why a reading is implausible and its figures are not used; null where it is plausible. */
export function findDoubt(
  panel: Panel,
  { cycle, cycleIsNew }: Pick<Loaded, 'cycle' | 'cycleIsNew'>,
  answer: UsageAnswer,
  { fingerprint, window, believed }: DoubtOptions,
): ItemError | null {
  const { reading } = answer;
  if (!reading.known || !cycle) return null;
  return (
    otherShape(answer, fingerprint) ??
    panel.plausibility?.check(cycle.counter, window, reading) ??
    (cycleIsNew || believed ? null : otherDirections(cycle, reading)) ??
    (believed ? null : findJump(panel, cycle, reading))
  );
}

function findJump({ plausibility }: Panel, cycle: CycleRecord, reading: Known): ItemError | null {
  return plausibility?.checkGrowth(cycle.counter, toWindowReading(cycle, reading)) ?? null;
}

/** Returns a reading as one of the cycle's window. The cycle is that of before it. */
export function toWindowReading({ start, readAt }: CycleRecord, reading: Known): WindowReading {
  const usage = { ...reading, totalBytes: usageInMode(reading, 'TOTAL') };
  return { at: reading.at, start, usage, previousAt: readAt };
}

/**
 * Returns the reasons of open holds that began by a reading which is impossible by what is known at an instant: that of the cycle,
 * whose figures are those that the hold began with.
 */
export function findDoubtedHolds(
  { plausibility }: Panel,
  { cycle, mode, holds, limitsBefore }: Pick<Loaded, 'cycle' | 'mode' | 'holds' | 'limitsBefore'>,
  at: string,
): string[] {
  if (plausibility === undefined || cycle?.readAt == null) return [];
  const { inBytes, outBytes, totalBytes, start, readAt, counter } = cycle;
  const accepted = { at, start, usage: { inBytes, outBytes, totalBytes }, previousAt: readAt };
  if (plausibility.checkGrowth(counter, accepted) === null) return [];
  const findUsed = (reason: string): unknown =>
    reason === 'quota' ? usageInMode(cycle, mode) : limitsBefore.find(({ id }) => id === reason)?.used;
  return holds.filter(isOfLimit).flatMap(({ reason, usedBytes }) => {
    const used = findUsed(reason);
    return usedBytes !== null && typeof used === 'number' && confirmsJump(usedBytes, used) ? [reason] : [];
  });
}

type Known = Extract<UsageAnswer['reading'], { known: true }>;

/** Refuses an answer whose shape is not the confirmed one. */
function otherShape({ shape }: UsageAnswer, fingerprint: FingerprintRecord | null): ItemError | null {
  if (!fingerprint || shape.length === 0 || shape.join() === fingerprint.shape.join()) return null;
  return {
    code: 'shape_changed',
    message: `the panel's answer has other fields (${shape.join(', ')}) than on ${fingerprint.since} (${fingerprint.shape.join(', ')})`,
  };
}

/** Returns a service whose later readings are not compared with directions that the operator has confirmed to be swapped. */
export function withDirections(panel: Panel, facts: Loaded, { reading }: UsageAnswer): Loaded {
  const { cycle, service } = facts;
  if (cycle === null || !reading.known || otherDirections(cycle, reading) === null) return facts;
  const counter = withSwapped(panel, service, cycle.counter);
  return { ...facts, cycle: { ...cycle, counter, peakInBytes: null, peakOutBytes: null } };
}

/** Refuses swapped directions: inside a cycle both only grow, so that one can't fall by more than half while the other rises. */
function otherDirections(
  cycle: CycleRecord,
  reading: { inBytes: number | null; outBytes: number | null },
): ItemError | null {
  const { inBytes: peakInBytes, outBytes: peakOutBytes } = findHighest(cycle);
  const { inBytes, outBytes } = reading;
  if (peakInBytes === null || peakOutBytes === null || inBytes === null || outBytes === null) return null;
  const fell = (now: number, before: number): boolean => now * 2 < before && before - now > NOISE_BYTES;
  const rose = (now: number, before: number): boolean => now - before > NOISE_BYTES;
  const crossed =
    (fell(inBytes, peakInBytes) && rose(outBytes, peakOutBytes)) ||
    (fell(outBytes, peakOutBytes) && rose(inBytes, peakInBytes));
  if (!crossed) return null;
  return {
    code: 'directions_changed',
    message: `one direction fell by more than half while the other rose (in ${peakInBytes} to ${inBytes}, out ${peakOutBytes} to ${outBytes} bytes): the panel seems to have swapped them; check trafficDirection`,
  };
}

/** Returns whether the quota would hold a service if a doubted reading was right. */
export function wouldHoldIfBelieved({ doubted, allowance, mode, holds }: Decided): boolean {
  if (doubted === null || allowance?.kind !== 'limited') return false;
  const used = usageInMode(doubted, mode);
  return used !== null && used >= allowance.allowedBytes && holds.every(({ reason }) => reason !== 'quota');
}

/** A majority of fewer services proves nothing. */
export const FEWEST_COMPARED = 3;

/** What the readings of a panel show together. */
export interface ReadingCount {
  /** Compared with earlier ones of their cycle. */
  compared: number;
  /** Those of them that fell by more than half. */
  fell: number;
  /** Of services that are expected to show traffic: without a hold, or with usage before in their cycle. */
  expected: number;
  /** Those of them above zero. */
  aboveZero: number;
}

/** Counts a reading, before it raises the cycle's peaks. */
export function countReading(count: ReadingCount, { cycle, cycleIsNew, usage, holds }: Read<Stage>): void {
  const peak = cycleIsNew || cycle === null ? null : findHighest(cycle).totalBytes;
  const total = usage?.totalBytes ?? null;
  if (total === null) return;
  const isExpected = holds.length === 0 || (peak ?? 0) > 0;
  if (isExpected) count.expected++;
  if (isExpected && total > 0) count.aboveZero++;
  countFall(count, total, peak);
}

/** The readings of a panel that fell, among those that can be compared. */
type FallCount = Pick<ReadingCount, 'compared' | 'fell'>;

function countFall(count: FallCount, total: number, peak: number | null): void {
  if (peak === null || peak < NOISE_BYTES) return;
  count.compared++;
  if (hasFallen(total, peak)) count.fell++;
}

/** Whether usage fell by more than half in its cycle. */
function hasFallen(total: number, peak: number): boolean {
  return peak >= NOISE_BYTES && total * 2 < peak;
}

/**
 * Returns a service whose later readings are compared with this one, if it has fallen as the one before it had, by which the operator
 * knows of it. What was counted in the windows of its limits stays, and they count on from here. The first reading of another server,
 * or of swapped directions, has fallen from nothing.
 */
export function acceptFall(read: Read, known: ReadonlySet<string>): Read {
  const { cycle, usage } = read;
  if (cycle === null || usage === null) return read;
  if (!isFallen(cycle)) return isOfPanelFall(cycle) ? { ...read, cycle: withoutPanelFall(cycle) } : read;
  if (!known.has(cycle.id) || findSourceChange(cycle)?.since === usage.at) return read;
  const limitsBefore = read.limitsBefore.map((state) => countOn(state, read, { cycle, usage }));
  return { ...read, cycle: withoutPanelFall(withAccepted(cycle, usage)), limitsBefore };
}

/** Returns an error if most readings of a panel fell by more than half inside their cycles. */
export function mostFell({ compared, fell }: FallCount): ItemError | null {
  if (compared < FEWEST_COMPARED || fell * 2 <= compared) return null;
  return {
    code: READINGS_FELL,
    message: `the readings of ${fell} of ${compared} services fell by more than half within their cycle: the panel's unit or its data seem to have changed; no service was held or released because of these readings`,
  };
}

/** Returns the same of the last readings, as their cycles are stored. */
export function mostFellBefore(cycles: readonly CycleRecord[]): ItemError | null {
  const count = { compared: 0, fell: 0 };
  countStoredFalls(count, cycles);
  return mostFell(count);
}

/** Counts the last readings of cycles, as they are stored. */
export function countStoredFalls(count: FallCount, cycles: readonly CycleRecord[]): void {
  for (const cycle of cycles)
    if (cycle.totalBytes !== null) countFall(count, cycle.totalBytes, findHighest(cycle).totalBytes);
}

/** Returns whether the last reading of a cycle fell by more than half in it. */
export function isFallen(cycle: Readonly<CycleRecord>): boolean {
  const { totalBytes: highest } = findHighest(cycle);
  return cycle.totalBytes !== null && highest !== null && hasFallen(cycle.totalBytes, highest);
}

/**
 * Returns the cycles of a panel whose readings had fallen before a run that may believe them, if it may accept that: most of the panel had
 * (`readings_fell`), or the operator allows a run over that service alone. A first low reading may be short-lived, and the run be
 * allowed for another reason. What the run can't read, or does not come to, is left for the next one.
 */
export async function findFallen(
  context: Context,
  { service, dryRun }: Pick<RunRequest, 'service' | 'dryRun'>,
  panel: string,
  leases: HeldLease[],
): Promise<ReadonlySet<string>> {
  const services = await context.store.services.list({ panel, ...(service !== undefined && { ids: [service] }) });
  const cycles = await listNewest(context, services);
  const toIds = (isMeant: typeof isLeft): Set<string> => new Set(cycles.filter(isMeant).map(({ id }) => id));
  if (service !== undefined) return toIds(isFallen);
  if ((await findMostFell(context, cycles)) === null) return toIds(isLeft);
  if (!dryRun) await markAll(context, cycles, leases);
  return toIds(isFallen);
}

/** Notes with each cycle that a fall in it may be the panel's, before the first one is accepted. */
async function markAll(context: Context, cycles: readonly CycleRecord[], leases: HeldLease[]): Promise<void> {
  const ids = cycles.map(({ service }) => service);
  await context.write(leases, async (tables) =>
    tables.cycles.put((await tables.cycles.newest(ids)).map(withPanelFall)),
  );
}

/** Returns whether a cycle has fallen as most of its panel had, whose fall a run accepted without this one. */
function isLeft(cycle: Readonly<CycleRecord>): boolean {
  return isOfPanelFall(cycle) && isFallen(cycle);
}

/** Reverts what follows from readings that fell: of all services if most did, else of those that are left of such a fall. */
export function distrustFallen(context: Context, open: readonly Decided[], fell: ItemError | null): Decided[] {
  return open.map((work) => {
    const reason = fell ?? (work.cycle !== null && isLeft(work.cycle) ? describeLeft([work.service.id]) : null);
    return reason === null ? work : distrust(context, work, reason);
  });
}

/** Returns the error of services whose fall is left. */
function describeLeft(services: readonly string[]): ItemError {
  return {
    code: READINGS_FELL,
    message: `the readings of ${nameFew(services)} fell by more than half within their cycle, as those of most services of the panel, which an allowed run has accepted without these: no service is held or released because of them until another allowed run accepts them`,
  };
}

/** Returns an error if most readings of the services of a panel fell, as they were last read, or some are left of that. */
export async function findStoredFall(context: Context, services: readonly ServiceRecord[]): Promise<ItemError | null> {
  const cycles = await listNewest(context, services);
  const left = cycles.filter(isLeft).map(({ service }) => service);
  return (await findMostFell(context, cycles)) ?? (left.length === 0 ? null : describeLeft(left));
}

function listNewest({ store }: Context, services: readonly ServiceRecord[]): Promise<CycleRecord[]> {
  return store.cycles.newest(services.filter(isLiving).map(({ id }) => id));
}

/** Compares the services that were read at their last decision: what others have is of a reading before it. */
async function findMostFell({ store }: Context, cycles: readonly CycleRecord[]): Promise<ItemError | null> {
  const decisions = await store.decisions.latest(cycles.map(({ service }) => service));
  const read = new Set(decisions.flatMap(({ service, readAt }) => (readAt === null ? [] : [service])));
  return mostFellBefore(cycles.filter(({ service }) => read.has(service)));
}
