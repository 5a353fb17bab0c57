import { isPanelError } from '@sluice/panel-http';
import type { ApplyContext, Clock, ItemError, StepOutcome } from '@sluice/panel-kind';
import type { Did, Subscriber } from '@sluice/telephony';
import type { DidValues, SubscriberValues } from '../client/types.js';

/** A change with the reads that show it. */
export interface Change<Seen> {
  read: () => Promise<Seen>;
  isDone: (seen: Seen) => boolean;
  /** Returns why the change must not be made any more. */
  refuse?: (before: Seen) => ItemError | null;
  call: () => Promise<unknown>;
  /** Returns what the outcome stores of what was read. */
  outcome?: (seen: Seen) => Partial<StepOutcome>;
}

/** Names the service of a call in the API log. */
export interface Tag {
  tag: string;
}

/** Waits before each read of a change that is not shown yet. */
const WAITS_MS = [0, 300, 700, 1500];

/** Returns an outcome; what is not stated is empty. */
export function toOutcome(state: StepOutcome['state'], rest: Partial<StepOutcome> = {}): StepOutcome {
  return { state, observed: null, error: null, ...rest };
}

/**
 * Makes one change: reads, calls the panel where it is still due, and reads back. A write that may have been made is never repeated.
 */
export async function perform<Seen>(
  { clock }: { clock: Clock },
  change: Change<Seen>,
  { calling }: ApplyContext,
): Promise<StepOutcome> {
  const { read, isDone, refuse = () => null, call, outcome = () => ({}) } = change;
  const before = await read();
  if (isDone(before)) return toOutcome('unneeded', outcome(before));
  const refusal = refuse(before);
  if (refusal !== null) return toOutcome('failed', { error: refusal });
  await calling();
  let failure: unknown = null;
  try {
    await call();
  } catch (error) {
    // A refused creation may be one that an earlier call made.
    const mayBeDone = isPanelError(error) && (error.outcomeUnknown || error.panelCode === 'conflict');
    if (!mayBeDone) throw error;
    failure = error;
  }
  for (const wait of WAITS_MS) {
    if (wait > 0) await clock.sleep(wait);
    const [seen] = await readBack(read);
    if (seen !== undefined && isDone(seen.row)) return toOutcome('applied', outcome(seen.row));
    if (failure !== null && isPanelError(failure) && !failure.outcomeUnknown) break;
  }
  if (failure !== null) throw failure as Error;
  const message = 'the panel accepted the change and does not show it yet';
  return toOutcome('in-doubt', { error: { code: 'outcome_unknown', message } });
}

/** Reads back; empty where that failed. */
async function readBack<Seen>(read: () => Promise<Seen>): Promise<{ row: Seen }[]> {
  try {
    return [{ row: await read() }];
  } catch (error) {
    if (isPanelError(error)) return [];
    throw error;
  }
}

/** Returns the call of a step that is not known. */
export const refuseUnknown = (type: string) => () => Promise.reject(new Error(`unknown step ${type}`));

/** Returns whether a record has these values; further fields are compared as text. */
export function hasValues(row: Subscriber | Did, { extra = {}, ...values }: SubscriberValues | DidValues): boolean {
  const own = row as unknown as Record<string, unknown>;
  const isSame = (name: string, value: unknown): boolean =>
    !(name in own) || JSON.stringify(own[name]) === JSON.stringify(value);
  const further = Object.entries(extra).every(([name, value]) => Number(row.extra[name]) === Number(value));
  return further && Object.entries(values).every(([name, value]) => isSame(name, value));
}
