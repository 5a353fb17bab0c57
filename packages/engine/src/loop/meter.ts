import { staffText } from '@sluice/messages/staff';
import { type ItemError, type Panel, toItemError, type UsageAnswer, type UsageRequest } from '@sluice/panel-kind';
import { type CounterState, isOfOtherAccount, stepCounter, type UsageBytes } from '@sluice/quota-core';
import type { CycleRecord, FingerprintRecord, SampleRecord } from '@sluice/state-store';
import type { Context } from '../context/context.js';
import { findJumps } from './jump.js';
import {
  FEWEST_COMPARED,
  findDoubt,
  findDoubtedHolds,
  IMPOSSIBLE_JUMP,
  toWindowReading,
  withDirections,
} from './plausible.js';
import { ownsAccount } from '../kernel/subject/account.js';
import { withSource } from '../kernel/subject/source.js';
import { findCounter, toAccount, withRefused, withTotalOnly } from '../kernel/subject/figures.js';
import { findCounted } from '../kernel/subject/history.js';
import type { Decided, Loaded, Read, Stage } from '../kernel/subject/stages.js';
import { NOT_MAPPED, toRead, withError } from '../kernel/subject/to-stage.js';

/** The shortest window that a panel is asked about. */
const SHORTEST_WINDOW_MS = 60_000;

/** Returns whether usage of this service is read now. */
function isMetered({ skipped, error, cycle }: Loaded, panel: Panel): boolean {
  return skipped === null && error === null && cycle !== null && panel.kind.capabilities.includes('usage');
}

/** Returns why usage of a service can't be read; null where it can. */
export function mappingError({ service }: Loaded<Stage>, panel: Panel): ItemError | null {
  const ref = panel.kind.requiredRef;
  if (ref === null || service.refs[ref] !== undefined) return null;
  return { code: NOT_MAPPED, message: `"${service.id}" has no ${ref}` };
}

/** Options of `readUsage`. */
export interface MeterOptions {
  allowShort?: boolean;
  /** The confirmed shape of the answers. */
  fingerprint?: FingerprintRecord | null;
  /** Returns whether a client would be charged by a reading. */
  wouldCharge?: (decided: Decided) => boolean;
  /** Called after each answer. */
  onRead?: () => void;
}

/** Reads the usage of the metered services; returns all services in order. */
export async function readUsage(
  context: Context,
  panel: Panel,
  loaded: readonly Loaded[],
  { allowShort = false, fingerprint = null, wouldCharge = () => false, onRead }: MeterOptions = {},
): Promise<Read[]> {
  const asked: Asked = new Map();
  const reads = new Map<string, Read>();
  const requests: UsageRequest[] = [];
  const restarts: Restart[] = [];
  const windowAt = windowsAt(context.now());
  const judge: Judge = (facts, answer, window) => {
    try {
      const doubt = findDoubt(panel, facts, answer, { fingerprint, window, believed: allowShort });
      if (doubt !== null) return doubted(panel, facts, answer, { error: doubt });
      return take(allowShort ? withDirections(panel, facts, answer) : facts, answer, panel);
    } catch (error) {
      // One answer that can't be used must not end the run over the others.
      return toRead(facts, { answer: refused(answer, toItemError(error)), warnings: answer.warnings });
    }
  };
  for (const facts of loaded) {
    const { service, product, cycle, history } = facts;
    if (!isMetered(facts, panel) || cycle === null) continue;
    const problem = mappingError(facts, panel);
    if (problem !== null) {
      reads.set(service.id, withError(toRead(facts), problem));
      continue;
    }
    const window = windowAt(cycle);
    asked.set(service.id, { facts, window });
    const counted = findCounted(history.checkpoint);
    const unresolved = [...facts.unresolved];
    requests.push({ service, product, window, ...history, counted, former: facts.former, unresolved });
  }
  await panel.readUsage(
    requests,
    (id, answer) => {
      const request = asked.get(id);
      if (!request) return;
      const { facts, window } = request;
      const read = judge(facts, answer, window);
      reads.set(id, read);
      if (read.warnings.some(({ code }) => code === COUNTER_RESTARTED)) restarts.push({ facts, answer });
      onRead?.();
    },
    context.deps.signal,
    { allowShort },
  );
  if (!allowShort && areTooMany(restarts, reads)) {
    for (const { facts, answer } of restarts)
      reads.set(facts.service.id, take(facts, answer, panel, { mayRestart: false }));
  }
  const { jump: share } = context.config.poll.doubt;
  if (!allowShort && share !== null)
    await doubtJumps(context, panel, loaded, { asked, reads, judge, share, wouldCharge });
  return loaded.map((facts) => reads.get(facts.service.id) ?? toRead(facts));
}

/** The services that are read, with the window that each is asked about. */
type Asked = Map<string, { facts: Loaded; window: UsageWindow }>;

/** Returns a service with an answer, which is doubted or used. */
type Judge = (facts: Loaded, answer: UsageAnswer, window: UsageWindow) => Read;

/** What is read, and the share of the allowance from which a growth is a jump. */
interface Doubting {
  asked: Asked;
  reads: Map<string, Read>;
  judge: Judge;
  share: number;
  wouldCharge: (decided: Decided) => boolean;
}

/** Doubts the readings that would begin a hold, or charge a client, by one jump. */
async function doubtJumps(
  context: Context,
  panel: Panel,
  loaded: readonly Loaded[],
  { asked, reads, judge, share, wouldCharge }: Doubting,
): Promise<void> {
  const readAgain = (facts: Loaded): Read | null => {
    const { id } = facts.service;
    const [request, answer] = [asked.get(id), reads.get(id)?.answer ?? null];
    if (request === undefined || answer === null) return null;
    asked.set(id, { ...request, facts });
    return judge(facts, answer, request.window);
  };
  const { jumps, known } = await findJumps(context, panel, { loaded, reads, readAgain, share, wouldCharge });
  for (const [id, read] of known) reads.set(id, read);
  for (const [id, jump] of jumps) {
    const { facts } = asked.get(id) ?? {};
    const { answer = null, usage = null } = reads.get(id) ?? {};
    if (facts !== undefined && answer !== null) reads.set(id, doubted(panel, facts, answer, { ...jump, usage }));
  }
}

/** Code of the warning about a counter that fell without a reset, and was read again since. */
export const COUNTER_RESTARTED = 'counter_restarted';

/** An answer whose counter goes on from a fall without a reset. */
interface Restart {
  facts: Loaded;
  answer: UsageAnswer;
}

/** Where most counters of a panel fell, its data or units have changed, and not the usage of its services. */
function areTooMany(restarts: readonly Restart[], reads: ReadonlyMap<string, Read>): boolean {
  const counters = [...reads.values()].filter(({ usage, answer }) => usage !== null && answer?.counter !== undefined);
  return counters.length >= FEWEST_COMPARED && restarts.length * 2 > counters.length;
}

/** Returns a service with a reading that is not used; of one that is only too high, the usage is known. */
function doubted(
  panel: Panel,
  facts: Loaded,
  answer: UsageAnswer,
  { error, since = null, usage = null }: { error: ItemError; since?: string | null; usage?: Read['usage'] },
): Read {
  const { reading } = answer;
  const read = take(facts, refused(answer, error), panel);
  if (!reading.known || error.code !== IMPOSSIBLE_JUMP) return read;
  const { at, inBytes, outBytes } = usage ?? reading;
  const figures = { at, since: since ?? at, inBytes, outBytes, totalBytes: toTotal(usage ?? reading) };
  return { ...read, doubted: { ...figures, holds: findDoubtedHolds(panel, facts, at) } };
}

/** Returns an answer as not understood; its raw figures are kept. */
function refused(answer: UsageAnswer, { code, message }: ItemError): UsageAnswer {
  return { ...answer, reading: { known: false, at: answer.reading.at, code, message } };
}

type UsageWindow = UsageRequest['window'];

/** Returns the window of a cycle at this moment; one object is shared by all services with the same cycle. */
function windowsAt(now: string): (cycle: CycleRecord) => UsageWindow {
  const known = new Map<string, UsageWindow>();
  return (cycle) => {
    const key = `${cycle.start} ${cycle.end}`;
    const window = known.get(key) ?? toWindow(cycle, now);
    known.set(key, window);
    return window;
  };
}

function toWindow(cycle: CycleRecord, now: string): UsageWindow {
  const earliest = new Date(Date.parse(cycle.start) + SHORTEST_WINDOW_MS).toISOString();
  const end = now < earliest ? earliest : now;
  return { start: cycle.start, end: end < cycle.end ? end : cycle.end };
}

/** Returns a service with an answer and its cycle's new figures; an unreadable answer does not change those. */
function take(facts: Loaded, answer: UsageAnswer, panel: Panel, { mayRestart } = { mayRestart: true }): Read {
  const { reading, warnings } = answer;
  const { cycle } = facts;
  if (!reading.known || !cycle) return toRead(facts, { answer, warnings });
  const counted = answer.counter
    ? count(facts, cycle, answer, { kind: panel.kind, mayRestart })
    : { usage: reading, counter: countBounds(panel, facts.service, cycle, reading), restarted: null };
  if ('code' in counted) {
    const { fallen = cycle } = counted;
    return toRead(facts, { answer: refused(answer, counted), warnings, cycle: fallen });
  }
  const { inBytes, outBytes } = counted.usage;
  const usage = { inBytes, outBytes, totalBytes: toTotal(counted.usage) };
  if (!isExact(usage)) return toRead(facts, { answer: refused(answer, TOO_MANY_BYTES), warnings });
  return toRead(facts, {
    answer,
    usage: { at: reading.at, ...usage },
    warnings: counted.restarted === null ? warnings : [...warnings, counted.restarted],
    cycle: { ...cycle, ...usage, readAt: reading.at, counter: counted.counter },
  });
}

const TOO_MANY_BYTES: ItemError = {
  code: 'invalid_bytes',
  message: 'the figures of the panel add up to more bytes than can be counted (8 PB): correct them on the panel',
};

function isExact({ inBytes, outBytes, totalBytes }: UsageBytes): boolean {
  return [inBytes, outBytes, totalBytes].every((bytes) => bytes === null || Number.isSafeInteger(bytes));
}

/** Returns the bounds of later readings after this one. */
function countBounds(panel: Panel, service: Loaded['service'], cycle: CycleRecord, reading: Known): unknown {
  const bounds = panel.plausibility?.withReading(cycle.counter, toWindowReading(cycle, reading)) ?? cycle.counter;
  return withSource(panel, service, cycle, { bounds, reading });
}

type Known = Extract<UsageAnswer['reading'], { known: true }>;

/** Returns the total of a reading; null where it is unknown. */
export function toTotal(usage: UsageBytes): number | null {
  if (usage.totalBytes !== null) return usage.totalBytes;
  return usage.inBytes !== null && usage.outBytes !== null ? usage.inBytes + usage.outBytes : null;
}

/** Returns the usage of a counter inside the cycle: the sum of its growth. A panel that reports only a total has one counter. */
function count(
  { service, takenOver }: Loaded,
  cycle: Readonly<CycleRecord>,
  { reading, counter }: UsageAnswer,
  { kind, mayRestart }: Pick<Panel, 'kind'> & { mayRestart: boolean },
): { usage: UsageBytes; counter: unknown; restarted: ItemError | null } | (ItemError & { fallen?: CycleRecord }) {
  const notRead = { code: 'not_read', message: 'the panel reports neither directions nor a total' };
  if (!reading.known || !counter) return notRead;
  const totalOnly = reading.inBytes === null || reading.outBytes === null;
  const [inBytes, outBytes] = totalOnly ? [reading.totalBytes, 0] : [reading.inBytes, reading.outBytes];
  if (inBytes === null || outBytes === null) return notRead;
  const used: CounterState | null = takenOver
    ? { lastIn: inBytes, lastOut: outBytes, usedIn: 0, usedOut: 0, at: reading.at }
    : null;
  const known = findCounter(cycle) ?? used;
  const stored = known !== null && totalOnly ? withTotalOnly(known) : known;
  const stoodAt = counter.stoodAt ?? null;
  const previous = stored !== null && stored.lastIn <= 0 && stoodAt !== null ? { ...stored, lastIn: stoodAt } : stored;
  const read = toAccount(kind, service);
  const isOther = previous !== null && isOfOtherAccount(previous, read);
  // Of other accounts, only one that Sluice created began at zero for this service.
  const mayReset = previous !== null && (!isOther || ownsAccount(kind, service));
  const step = stepCounter({
    previous,
    cycleStart: cycle.start,
    reading: { at: reading.at, inBytes, outBytes, ...read },
    resetBetween: mayReset && counter.resetBetween(previous.at, reading.at),
    // The counter has the sums of the cycle that it is stored with.
    newCycle: false,
    mayRestart,
  });
  if (!step.known) return { code: step.code, message: step.message, fallen: withRefused(cycle, step.refused) };
  const { usedIn, usedOut } = step.state;
  const usage = totalOnly
    ? { inBytes: null, outBytes: null, totalBytes: usedIn }
    : { inBytes: usedIn, outBytes: usedOut, totalBytes: usedIn + usedOut };
  const restarted = step.restarted === true && previous !== null ? toRestart(service.id, previous, step.state) : null;
  return { usage, counter: step.state, restarted };
}

function toRestart(service: string, before: CounterState, now: CounterState): ItemError {
  const message = staffText('staff.counterRestarted', {
    ...{ service, from: { bytes: before.lastIn + before.lastOut }, to: { bytes: now.lastIn + now.lastOut } },
  });
  return { code: COUNTER_RESTARTED, message };
}

/** The highest figures seen in a cycle; asked for after the decision, which compares with those before. */
export function toPeaks(
  cycle: Readonly<CycleRecord>,
): Pick<CycleRecord, 'peakInBytes' | 'peakOutBytes' | 'peakTotalBytes'> {
  return {
    peakInBytes: highest(cycle.peakInBytes, cycle.inBytes),
    peakOutBytes: highest(cycle.peakOutBytes, cycle.outBytes),
    peakTotalBytes: highest(cycle.peakTotalBytes, cycle.totalBytes),
  };
}

function highest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

/** Returns the sample of a readable answer. */
export function toSample({ service, usage, cycle, answer }: Read<Stage>): SampleRecord | null {
  if (!usage || !cycle) return null;
  return {
    service: service.id,
    at: usage.at,
    cycle: cycle.id,
    inBytes: usage.inBytes,
    outBytes: usage.outBytes,
    totalBytes: usage.totalBytes,
    raw: JSON.stringify(answer?.raw ?? null),
    resolution: 'raw',
  };
}
