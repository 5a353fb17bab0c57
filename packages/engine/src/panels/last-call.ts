import type { ApiCallRecord } from '@sluice/state-store';
import type { Session } from '../session.js';

/** Codes of answers about one object: the panel itself works. */
const ANSWERS: readonly string[] = ['PANEL_NOT_FOUND', 'PANEL_REJECTED', 'PANEL_FORBIDDEN'];

/** Returns the last call to a panel; undefined before the first. One of a time when the clock was ahead is left out. */
export async function lastCallTo(session: Session, panel: string): Promise<ApiCallRecord | undefined> {
  const [call] = await session.store.apiCalls.list({ panel, until: session.now(), limit: 1 });
  return call;
}

/** Returns whether a panel works by a call: it succeeded, or was refused for the object that it was about. */
export function isAnswered({ ok, code }: ApiCallRecord): boolean {
  return ok || ANSWERS.includes(code ?? '');
}
