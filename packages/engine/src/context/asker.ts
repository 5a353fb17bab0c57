import { SluiceError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { isMaster, isValid } from '../base/token-status.js';

/** The token or link that asks for something. */
export interface Asker {
  id: string;
  /** The hash of its session, where it asks by one. */
  session?: string | undefined;
}

/** Returns whether a token, link or session still opens what it opened. */
async function isOpen(
  { apiTokens, sessions }: Pick<StoreTables, 'apiTokens' | 'sessions'>,
  { id, session }: Asker,
  now: string,
): Promise<boolean> {
  if (session !== undefined) {
    const found = await sessions.get(session);
    if (found === null || found.expiresAt <= now) return false;
  }
  // The token of the config is not stored.
  if (isMaster(id)) return true;
  const record = await apiTokens.get(id);
  return record !== null && isValid(record, now);
}

const ENDED = 'no_token';

/** Returns the error of what a token, link or session asked for that has ended since; `outcome` says what became of it. */
export function askerEnded(outcome: string): SluiceError {
  const message = `The token, link or session that asks for it has ended; ${outcome}`;
  return new SluiceError(ENDED, message, { kind: 'usage' });
}

/** Returns whether something was refused because the token, link or session that asks for it has ended. */
export function isAskerEnded(error: unknown): boolean {
  return error instanceof SluiceError && error.code === ENDED;
}

/**
 * Refuses what a token, link or session asked for that has ended since: who ends it relies on it that nothing more is begun.
 *
 * @throws SluiceError `no_token`
 */
export async function refuseEndedAsker(
  tables: Pick<StoreTables, 'apiTokens' | 'sessions'>,
  asker: Asker | null,
  now: string,
): Promise<void> {
  if (asker === null || (await isOpen(tables, asker, now))) return;
  throw askerEnded('nothing was changed');
}
