import { SluiceError } from '@sluice/panel-kind';
import type { Viewer } from '../access/viewer.js';
import { toOutsider } from '../server/outsider.js';
import type { PanelReads } from './panel-reads.js';

/** As long as a program waits for an answer; a report of many calls may need longer than a page. */
const TIMEOUT_MS = 30_000;
/** Longer answers are not kept: a client chooses how many there are. */
const LONGEST_KEPT = 65_536;

/**
 * Reads for a client's program what pages would read of a panel, by the same bounds. An answer is never older than a page would show.
 *
 * @throws SluiceError `too_many_requests` if the client reads too much, or waits for too many answers at once
 */
export async function readForClient(
  reads: PanelReads,
  { client, what, now }: { client: string; what: string; now: number },
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  const keeps = (value: unknown): boolean => JSON.stringify(value).length <= LONGEST_KEPT;
  const request = { client, what: `api ${what}`, now, timeoutMs: TIMEOUT_MS, keeps };
  const { value, failed, error } = await reads.read(request, work);
  if (!failed) return value;
  if (error !== undefined && !isTimeOut(error)) throw error as Error;
  throw new SluiceError('too_many_requests', 'The answer was not ready in time; try again later', { kind: 'busy' });
}

/** Each change of an agent's users keeps runs from its panel while it lasts. */
const WEIGHT_OF_AGENTS = 4;

/**
 * Counts a change that a client or an agent asks for, by token or link.
 *
 * @throws SluiceError `too_many_requests` if the client changes too much
 */
export function countChange(reads: PanelReads, viewer: Pick<Viewer, 'client' | 'agent'>, now: number): void {
  const client = toOutsider(viewer);
  if (client !== null) reads.count({ client, now }, 'changed', viewer.agent === null ? 1 : WEIGHT_OF_AGENTS);
}

function isTimeOut(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
