import type { CounterState } from '@sluice/quota-core';
import type { StoreTables } from '@sluice/state-store';
import type { StepOutcome } from '@sluice/panel-kind';
import type { Work } from './work.js';

/**
 * Counters that were zeroed begin anew in the metering too, so that the next reading is neither an unexplained fall nor
 * taken for growth since the old figure. What they had grown by since the last reading is counted first.
 */
export async function zeroCounter(
  work: Pick<Work, 'service' | 'cycle'>,
  zeroed: NonNullable<StepOutcome['zeroed']>,
  calledAt: string | null,
  tables: Pick<StoreTables, 'cycles'>,
): Promise<void> {
  const [cycle] = await tables.cycles.newest([work.service.id]);
  const before = (cycle?.counter ?? null) as CounterState | null;
  // A reading taken after the call has met the zeroed counters already.
  if (!cycle || !before || (calledAt !== null && before.at > calledAt)) return;
  const usedIn = before.usedIn + Math.max(0, (zeroed.inBytes ?? 0) - before.lastIn);
  const usedOut = before.usedOut + Math.max(0, (zeroed.outBytes ?? 0) - before.lastOut);
  const counter: CounterState = { lastIn: 0, lastOut: 0, usedIn, usedOut, at: zeroed.at };
  await tables.cycles.put([{ ...cycle, counter }]);
  if (work.cycle?.id === cycle.id) work.cycle.counter = counter;
}
