import { LATEST_CALL_MS, SluiceError } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import { isAskerEnded } from '../../context/asker.js';

/** A change of money that is sent at most once. */
interface Attempt<T> {
  /** Stores that it is sent now; refuses, by throwing, what may not be sent. */
  begin: () => Promise<void>;
  /** Sends it, and reads it back; `sending` is awaited right before. */
  send: (sending: () => Promise<void>) => Promise<T>;
  /** It was sent, and whether it was made is not known: returns what is found after all, or stores that and throws. */
  unknown: (error: SluiceError) => Promise<T>;
  /** Nothing was changed: stores that, and returns the error to throw. `isSent`: `begin` is done. */
  refused: (error: SluiceError, isSent: boolean) => Promise<unknown>;
}

/** Errors that say nothing of what was sent: what is stored stays as it is. */
const SILENT = ['store', 'internal'];

/** Sends a change of money: a charge, a refund or a bill of calls. It is planned, then sent, then made, refused or in doubt. */
export async function attempt<T>({ begin, send, unknown, refused }: Attempt<T>): Promise<T> {
  const progress = { isSent: false };
  try {
    return await send(async () => {
      await begin();
      progress.isSent = true;
    });
  } catch (error) {
    if (!(error instanceof SluiceError) || isAskerEnded(error) || SILENT.includes(error.kind)) throw error;
    // A call that was interrupted after it was sent may have been answered.
    const isUnknown = error.code === 'outcome_unknown' || error.kind === 'interrupted';
    if (progress.isSent && isUnknown) return unknown(error);
    throw await refused(error, progress.isSent);
  }
}

/**
 * Returns whether a change may still be made that was sent at this instant; null: none was. Of one that was sent when the clock was ahead, nobody
 * knows how long ago that is.
 */
export function isSentLately({ deps }: Pick<Context, 'deps'>, sentAt: string | null): boolean {
  return sentAt !== null && deps.clock.now() - Date.parse(sentAt) < LATEST_CALL_MS;
}
