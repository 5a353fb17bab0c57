import type { ItemError, Panel, UsageAnswer, UsageRequest } from '@sluice/panel-kind';
import { type CounterState, stepCounter, type UsageBytes } from '@sluice/quota-core';
import type { CycleRecord, FingerprintRecord, SampleRecord } from '@sluice/state-store';
import type { Session } from '../session.js';
import { fail, type Work } from './work.js';

/** A window has to have passed before a panel can be asked about it. */
const SHORTEST_WINDOW_MS = 60_000;

/** Whether this service has something to read now. */
export function isMetered(work: Work, panel: Panel): boolean {
  if (work.skipped !== null || work.error !== null || work.cycle === null) return false;
  if (!panel.kind.capabilities.includes('usage')) return false;
  const ref = panel.kind.requiredRef;
  if (ref !== null && work.service.refs[ref] === undefined) {
    fail(work, {
      code: 'not_mapped',
      message: `"${work.service.id}" has no ${ref}: ${mapping(work.service.id, ref, panel)}`,
    });
    return false;
  }
  return true;
}

function mapping(service: string, ref: string, panel: Panel): string {
  const named = `"sluice service set ${service} ${ref}=ID"`;
  if (panel.accounts === undefined) return named;
  return `"sluice provision create ${service}" makes its account, ${named} names one that is there`;
}

/** How usage is read. */
export interface MeterOptions {
  allowShort?: boolean;
  /** The shape of the answers that the operator has confirmed. */
  fingerprint?: FingerprintRecord | null;
  /** Called after each answer. */
  onRead?: (work: Work) => void;
}

/** Reads the usage of all that have something to read; each answer is taken as it comes. */
export async function meter(
  session: Session,
  panel: Panel,
  works: Work[],
  { allowShort = false, fingerprint = null, onRead }: MeterOptions = {},
): Promise<void> {
  const byId = new Map<string, Work>();
  const requests: UsageRequest[] = [];
  const windowAt = windowsAt(session.now());
  for (const work of works) {
    if (!isMetered(work, panel) || work.cycle === null) continue;
    byId.set(work.service.id, work);
    const { seen, recent, removed } = work.remembered;
    requests.push({
      service: work.service,
      product: work.product,
      window: windowAt(work.cycle),
      seen,
      recent,
      removed,
      unsettled: work.unsettled,
    });
  }
  const windows = new Map(requests.map((request) => [request.service.id, request.window]));
  await panel.readUsage(
    requests,
    (id, answer) => {
      const work = byId.get(id);
      const window = windows.get(id);
      if (!work || !window) return;
      const doubted = doubt(panel, work, answer, { fingerprint, window });
      take(work, doubted ? refused(answer, doubted) : answer);
      onRead?.(work);
    },
    session.deps.signal,
    { allowShort },
  );
}

/** The answer as one that could not be understood; its own words are kept. */
function refused(answer: UsageAnswer, { code, message }: ItemError): UsageAnswer {
  return { ...answer, reading: { known: false, at: answer.reading.at, code, message } };
}

type UsageWindow = UsageRequest['window'];

/** What is asked about a cycle at this moment: of services whose cycles are the same, the same. */
function windowsAt(now: string): (cycle: CycleRecord) => UsageWindow {
  const known = new Map<string, UsageWindow>();
  return (cycle) => {
    const key = `${cycle.start} ${cycle.end}`;
    const window = known.get(key) ?? windowOf(cycle, now);
    known.set(key, window);
    return window;
  };
}

function windowOf(cycle: CycleRecord, now: string): UsageWindow {
  const earliest = new Date(Date.parse(cycle.start) + SHORTEST_WINDOW_MS).toISOString();
  const end = now < earliest ? earliest : now;
  return { start: cycle.start, end: end < cycle.end ? end : cycle.end };
}

/** Takes one answer into the service's cycle; an unreadable one changes nothing but is remembered as such. */
export function take(work: Work, answer: UsageAnswer): void {
  work.answer = answer;
  work.warnings.push(...answer.warnings);
  const { reading } = answer;
  if (!reading.known || !work.cycle) return;
  const usage = answer.counter ? counted(work, answer) : reading;
  if (!usage) return;
  work.usage = { inBytes: usage.inBytes, outBytes: usage.outBytes, totalBytes: totalOf(usage), at: reading.at };
  Object.assign(work.cycle, {
    inBytes: work.usage.inBytes,
    outBytes: work.usage.outBytes,
    totalBytes: work.usage.totalBytes,
    readAt: reading.at,
  });
}

function totalOf(usage: UsageBytes): number | null {
  if (usage.totalBytes !== null) return usage.totalBytes;
  return usage.inBytes !== null && usage.outBytes !== null ? usage.inBytes + usage.outBytes : null;
}

/** A counter's figure inside the cycle: the sum of its growths. A panel that tells only a total has one counter. */
function counted(work: Work, answer: UsageAnswer): UsageBytes | null {
  const { reading, counter } = answer;
  if (!reading.known || !counter || !work.cycle) return null;
  const totalOnly = reading.inBytes === null || reading.outBytes === null;
  const [inBytes, outBytes] = totalOnly ? [reading.totalBytes, 0] : [reading.inBytes, reading.outBytes];
  const unreadable = (code: string, message: string): null => {
    work.answer = { ...answer, reading: { known: false, at: reading.at, code, message } };
    return null;
  };
  if (inBytes === null || outBytes === null)
    return unreadable('not_read', 'the panel tells neither directions nor a total');
  const stored = (work.cycle.counter ?? null) as CounterState | null;
  const stoodAt = counter.stoodAt ?? null;
  const previous = stored !== null && stored.lastIn <= 0 && stoodAt !== null ? { ...stored, lastIn: stoodAt } : stored;
  const step = stepCounter({
    previous,
    cycleStart: work.cycle.start,
    reading: { at: reading.at, inBytes, outBytes },
    resetBetween: previous !== null && counter.resetBetween(previous.at, reading.at),
    newCycle: work.cycleIsNew,
  });
  if (!step.known) return unreadable(step.code, step.message);
  work.cycle.counter = step.state;
  const { usedIn, usedOut } = step.state;
  if (totalOnly) return { inBytes: null, outBytes: null, totalBytes: usedIn };
  return { inBytes: usedIn, outBytes: usedOut, totalBytes: usedIn + usedOut };
}

/** Highest figures seen in the cycle; taken after the decision, which compares with those before. */
export function raisePeaks(cycle: CycleRecord): void {
  cycle.peakInBytes = highest(cycle.peakInBytes, cycle.inBytes);
  cycle.peakOutBytes = highest(cycle.peakOutBytes, cycle.outBytes);
  cycle.peakTotalBytes = highest(cycle.peakTotalBytes, cycle.totalBytes);
}

function highest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

/** The sample of a readable answer. */
export function sampleOf(work: Work): SampleRecord | null {
  if (!work.usage || !work.cycle) return null;
  return {
    service: work.service.id,
    at: work.usage.at,
    cycle: work.cycle.id,
    inBytes: work.usage.inBytes,
    outBytes: work.usage.outBytes,
    totalBytes: work.usage.totalBytes,
    raw: JSON.stringify(work.answer?.raw ?? null),
    resolution: 'raw',
  };
}

/** Falls and rises below this are noise of consolidated data. */
const NOISE_BYTES = 100 * 1024 ** 2;
/** With fewer services to compare, a majority says nothing. */
const FEWEST_COMPARED = 3;

/** How many readings of a panel could be compared with earlier ones of the same cycle, and how many fell by more than half. */
export interface FallCount {
  compared: number;
  fell: number;
}

/** Why a reading can't be what it seems to be; null when nothing speaks against it. Its figures are then not used. */
export function doubt(
  panel: Panel,
  work: Work,
  answer: UsageAnswer,
  { fingerprint, window }: { fingerprint: FingerprintRecord | null; window: UsageWindow },
): ItemError | null {
  const { reading } = answer;
  if (!reading.known || !work.cycle) return null;
  return (
    otherShape(answer, fingerprint) ??
    panel.plausibility?.check(work.cycle.counter, window, reading) ??
    (work.cycleIsNew ? null : otherDirections(work.cycle, reading))
  );
}

/** The answer has other figures than the ones that the operator has confirmed. */
function otherShape({ shape }: UsageAnswer, fingerprint: FingerprintRecord | null): ItemError | null {
  if (!fingerprint || shape.length === 0 || shape.join() === fingerprint.shape.join()) return null;
  return {
    code: 'shape_changed',
    message: `the panel answers with other figures (${shape.join(', ')}) than it did on ${fingerprint.since} (${fingerprint.shape.join(', ')}); if that is right, accept it with "sluice doctor --contract"`,
  };
}

/** Inside a cycle both directions only grow: when one fell by more than half while the other rose, they are not the same. */
function otherDirections(
  cycle: CycleRecord,
  reading: { inBytes: number | null; outBytes: number | null },
): ItemError | null {
  const { peakInBytes, peakOutBytes } = cycle;
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

/** Counts a reading in; called before the cycle's peaks are raised by it. */
export function countFall(count: FallCount, work: Work): void {
  const peak = work.cycleIsNew ? null : (work.cycle?.peakTotalBytes ?? null);
  const total = work.usage?.totalBytes ?? null;
  if (peak === null || total === null || peak < NOISE_BYTES) return;
  count.compared++;
  if (total * 2 < peak) count.fell++;
}

/** Most of a panel's readings fell by more than half inside their cycles: its figures are not what they were. */
export function mostFell({ compared, fell }: FallCount): ItemError | null {
  if (compared < FEWEST_COMPARED || fell * 2 <= compared) return null;
  return {
    code: 'readings_fell',
    message: `the readings of ${fell} of ${compared} services fell by more than half inside their cycle: the panel's unit or its data seem to have changed; nothing was held or released by them. Look at "sluice doctor --contract"`,
  };
}
