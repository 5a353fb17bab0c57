import { StoreError } from '../store-error.js';
import type { StoreMark } from './move-mark.js';
import type { Side } from './side.js';

/** The mark of a store as an attempt wrote it. */
export type OwnMark = StoreMark & Required<Pick<StoreMark, 'attempt'>>;

/**
 * What one process does for a copy. Its id is in the marks of both stores until another attempt has the copy, or the copy is taken back; from
 * then on it changes neither store.
 */
export interface Attempt {
  from: Side;
  to: Side;
  own: OwnMark;
}

/** Refuses to go on where the store that is copied has not the mark of the attempt any more. */
export async function refuseLostStore({ from, own }: Pick<Attempt, 'from' | 'own'>): Promise<void> {
  const found = await from.mark();
  if (found?.copy === own.copy && found.attempt === own.attempt) return;
  throw lostAttempt(from.shown, own, found?.copy === own.copy ? TAKEN_OVER : TAKEN_BACK);
}

/** Changes the copy in one transaction, while it is the unfinished one of the attempt; else nothing is changed. */
export function changeCopy<T>({ from, to, own }: Attempt, work: () => Promise<T>): Promise<T> {
  return to.transaction(async () => {
    await refuseLostStore({ from, own });
    const found = await to.mark();
    if (found?.copy === own.copy && found.state === 'moved') throw lostAttempt(from.shown, own, TAKEN_BACK);
    if (found?.copy !== own.copy || found.attempt !== own.attempt) throw lostAttempt(from.shown, own, REPLACED);
    return work();
  });
}

/** As `changeCopy`; meanwhile no other process changes the mark of the store that is copied. */
export function changeMark<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  // The copy is the second that is locked wherever both are.
  return attempt.from.transaction(() => changeCopy(attempt, work));
}

export const TAKEN_BACK = 'was taken back by another process';
const TAKEN_OVER = 'was taken over by another process, which goes on with it';
/** Also where an earlier version, which writes no ids, has finished it. */
const REPLACED = 'is not as this process left it: another one finished or replaced it';

/** Returns the error of an attempt that has lost its copy. */
export function lostAttempt(shown: string, { other }: StoreMark, what: string): StoreError {
  return new StoreError(
    'copy_refused',
    `The copy of ${shown} to ${other} ${what}. This process has changed neither store since.`,
  );
}
