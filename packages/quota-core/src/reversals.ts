/** A change of one object, as journaled. */
export interface ChangeOfObject {
  /** Instant of the change. */
  at: string;
  run: string;
  /** What it changed, so that equal texts are equal changes: `disable-port`. */
  change: string;
}

/** From how many reversals within a day on an object is left alone. */
export const MOST_REVERSALS = 3;

/** The time in which reversals are counted together, in milliseconds. */
export const REVERSALS_MS = 86_400_000;

/**
 * Counts how often something else reversed changes of an object, within the 24 hours before a planned change and with it: the
 * same change is necessary again, although a run before made it and none of ours changed the object since. 0 where the planned
 * change itself is not one of them.
 *
 * @param journal confirmed changes, oldest first
 *
 * @example
 * ```ts
 * const at = '2026-11-05T10:00:00.000Z';
 * countReversals([{ at, run: 'run-1', change: 'disable-port' }], {
 *   at: '2026-11-05T11:00:00.000Z',
 *   run: 'run-2',
 *   change: 'disable-port',
 * }); // 1
 * ```
 */
export function countReversals(journal: readonly ChangeOfObject[], planned: ChangeOfObject): number {
  const since = Date.parse(planned.at) - REVERSALS_MS;
  const isReversal = (one: ChangeOfObject, before: ChangeOfObject | undefined): boolean =>
    before !== undefined && before.change === one.change && before.run !== one.run;
  if (!isReversal(planned, journal.at(-1))) return 0;
  const isCounted = (one: ChangeOfObject, index: number): boolean =>
    isReversal(one, journal[index - 1]) && Date.parse(one.at) > since;
  return journal.filter(isCounted).length + 1;
}
