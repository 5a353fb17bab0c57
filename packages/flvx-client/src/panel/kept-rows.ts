import { parseHistory, type StoredHistory } from '../account/history/history.js';

/** Rows of an account of which only its history knows what is to become of them: forgotten, they would stay as they are for good. */
export interface KeptRows {
  userId: number | null;
  forwards: number[];
  /** The tunnels of its permissions. */
  tunnels: number[];
}

/** Returns the rows that a stored checkpoint keeps something of; null for none, as of most accounts. Pure. */
export function findKeptRows(checkpoint: unknown): KeptRows | null {
  const history = parseHistory(checkpoint);
  if (history === null || keepsNothing(history)) return null;
  const { userId, stopped, restarted, cuts, again, dropped, values, expired, closedByHold = [] } = history;
  const noted = [history.parked, history.redirects, history.away].flatMap((rows) => Object.keys(rows).map(Number));
  const ofTunnels = values.map(({ tunnelId }) => tunnelId);
  return {
    userId,
    forwards: [...new Set([...stopped, ...restarted, ...cuts, ...again, ...noted])],
    tunnels: [...new Set([...dropped, ...ofTunnels, ...expired.tunnels, ...closedByHold])],
  };
}

/** Creates nothing: a poll asks this of every account. */
function keepsNothing(history: StoredHistory): boolean {
  const { stopped, restarted, cuts, again, dropped, values, expired, closedByHold } = history;
  const listed = stopped.length + restarted.length + cuts.length + again.length + dropped.length + values.length;
  return (
    listed + expired.tunnels.length + (closedByHold?.length ?? 0) === 0 &&
    isEmpty(history.parked) &&
    isEmpty(history.redirects) &&
    isEmpty(history.away)
  );
}

function isEmpty(rows: Readonly<Record<string, unknown>>): boolean {
  for (const _id in rows) return false;
  return true;
}
