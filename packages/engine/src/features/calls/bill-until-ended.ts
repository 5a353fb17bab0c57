import { type ItemError, toItemError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { askerEnded, isAskerEnded } from '../../context/asker.js';
import type { Run } from '../../kernel/run/bracket.js';
import type { MadeBill } from './made-bill.js';

/** What a request has billed so far. */
export interface Billed {
  bills: MadeBill[];
  /** Whether a bill was begun, or one that was begun before was found out. */
  isBegun: boolean;
  /** Refuses, in the transaction that stores a bill, to begin it for a token, link or session that has ended. */
  begin: (tables: StoreTables) => Promise<void>;
}

/**
 * Bills until all is done, or until the token, link or session that asks for it has ended: `error` says so where a bill was begun by then.
 *
 * @throws SluiceError `no_token` where none was
 */
export async function billUntilEnded(
  run: Run,
  work: (billed: Billed) => Promise<void>,
): Promise<{ bills: MadeBill[]; error: ItemError | null }> {
  const billed: Billed = {
    bills: [],
    isBegun: false,
    begin: async (tables) => {
      await run.refuseEndedAsker(tables);
      billed.isBegun = true;
    },
  };
  const { bills } = billed;
  try {
    await work(billed);
    return { bills, error: null };
  } catch (error) {
    if (!billed.isBegun || !isAskerEnded(error)) throw error;
    return { bills, error: toItemError(askerEnded('what is not among the bills was not begun')) };
  }
}
