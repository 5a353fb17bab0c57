import type { Clock } from './clock.js';
import type { StepOutcome } from './plan.js';
import { isOutcomeUnknown } from './step.js';

/** How a call of a change ended. */
export interface ChangeCall {
  /** 1 for the first call. */
  attempt: number;
  /** Why it failed; null where the panel accepted it. */
  failure: unknown;
  /** It failed, and the panel did certainly not make the change by it. */
  isRefused: boolean;
  /** The first failure that left the outcome unknown, or null: the panel may make the change by it, whatever it answers to a repeat. */
  lost: unknown;
}

/** The readings after a call: the last one, or why it failed. Nothing is `seen` where nothing was read, either. */
export type ChangeEnd<Seen> = ChangeCall &
  ({ isDone: true; seen: Seen; unreadable: null } | { isDone: false; seen: Seen | undefined; unreadable: unknown });

/** One change of a panel, with the readings that show it. */
export interface PanelChange<Seen, Outcome = StepOutcome> {
  /** Reads whether the change is still due. Returns the outcome where it is made already, or must not be made; null to make it. */
  before?: () => Promise<Outcome | null>;
  /** Calls the panel. What its answer proves is passed to `show`, and not read then. */
  call: (show: (seen: Seen) => unknown) => Promise<unknown>;
  /** Reads what shows the change. */
  read: () => Promise<Seen>;
  /** Whether what was read shows the change. */
  isDone: (seen: Seen, call: ChangeCall) => boolean | Promise<boolean>;
  /** Whether another reading would show nothing else. Absent: as `isDone`. */
  isFinal?: (seen: Seen) => boolean;
  /** The waits before each reading, in milliseconds; none: nothing is read. */
  waitsMs: (call: ChangeCall) => readonly number[];
  /** The first reading that fails is the last one. Absent: it is read again after the next wait. */
  endsUnread?: true;
  /** Awaited once for a change that the panel accepted, where the first reading does not show it. */
  onHidden?: () => Promise<void>;
  /** Returns the outcome by the readings; null to call the panel again. */
  end: (end: ChangeEnd<Seen>) => Outcome | null | Promise<Outcome | null>;
}

/**
 * Makes one change: reads, calls the panel where it is still due, and reads back until the panel shows it. What is made already is not
 * called, and the outcome follows from what the panel shows, not from its acceptance alone.
 *
 * @param tools `calling` is awaited directly before each call, which it journals: what it throws prevents the call
 * @throws what `calling`, `before` and `end` throw
 */
export async function performChange<Seen, Outcome = StepOutcome>(
  change: PanelChange<Seen, Outcome>,
  { clock, calling }: { clock: Pick<Clock, 'sleep'>; calling?: (attempt: number) => void | Promise<void> },
): Promise<Outcome> {
  const early = (await change.before?.()) ?? null;
  if (early !== null) return early;
  let lost: unknown = null;
  for (let attempt = 1; ; attempt += 1) {
    await calling?.(attempt);
    let failure: unknown = null;
    const shown: Seen[] = [];
    try {
      await change.call((seen) => shown.push(seen));
    } catch (error) {
      failure = error ?? new Error('The call failed.');
    }
    const isRefused = failure !== null && !isOutcomeUnknown(failure);
    if (!isRefused) lost ??= failure;
    const call = { attempt, failure, isRefused, lost };
    const outcome = await change.end(await readBack(change, call, { clock, shown }));
    if (outcome !== null) return outcome;
  }
}

async function readBack<Seen, Outcome>(
  change: PanelChange<Seen, Outcome>,
  call: ChangeCall,
  { clock, shown }: { clock: Pick<Clock, 'sleep'>; shown: readonly Seen[] },
): Promise<ChangeEnd<Seen>> {
  const judge = async (seen: Seen): Promise<ChangeEnd<Seen>> => ({
    ...call,
    seen,
    unreadable: null,
    isDone: await change.isDone(seen, call),
  });
  const [answer] = shown;
  if (answer !== undefined) return judge(answer);
  let last: ChangeEnd<Seen> = { ...call, seen: undefined, unreadable: null, isDone: false };
  for (const [index, wait] of change.waitsMs(call).entries()) {
    if (index === 1 && call.failure === null) await change.onHidden?.();
    if (wait > 0) await clock.sleep(wait);
    try {
      const seen = await change.read();
      last = await judge(seen);
      if (change.isFinal?.(seen) ?? last.isDone) break;
    } catch (unreadable) {
      last = { ...call, seen: undefined, unreadable, isDone: false };
      if (change.endsUnread === true) break;
    }
  }
  return last;
}
