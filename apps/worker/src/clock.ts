import { type Clock, SluiceError } from '@sluice/panel-kind';

/** Most that the clock of a process may differ from that of its database. */
export const CLOCK_MS = 30_000;

/**
 * Returns by how much the clock of this machine is ahead of another one, in milliseconds: exact to half of the time that the question
 * took. `ask` returns the instant by the other one, in milliseconds since 1970.
 */
export async function measureClock(ask: () => Promise<number>, clock: Clock): Promise<number> {
  const asked = clock.now();
  const other = await ask();
  const answered = clock.now();
  return Math.round((asked + answered) / 2 - other);
}

/**
 * Refuses to begin where the clock of this machine is so many milliseconds ahead of that of its database; negative: behind it.
 *
 * @throws SluiceError `clock_differs` for more than 30 seconds
 */
export function refuseDifference(aheadMs: number): void {
  if (Math.abs(aheadMs) <= CLOCK_MS) return;
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const text = `The clock of this machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the database; at most ${CLOCK_MS / 1000} s are allowed. Nothing was begun`;
  throw new SluiceError('clock_differs', text, { kind: 'conflict', details: { seconds } });
}
