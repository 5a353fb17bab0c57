import type { Sluice } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { PanelReads } from '../../requests/panel-reads.js';
import { html, type Part } from '../../layout/html.js';
import { problemNotice, type Scene } from './scene.js';

/** Operators see what the panel has now: no figure is shown without reading it again. */
const LIMITS = { timeoutMs: 20_000, freshMs: 0, mostKept: 1, mostClients: 200, mostPerMinute: Infinity };

/** Requests that the engine refuses: older figures would be the answer to another question. */
const REFUSALS: readonly string[] = ['usage', 'unsupported', 'conflict'];

const known = new WeakMap<Sluice, PanelReads>();

function toPanelReads(sluice: Sluice): PanelReads {
  const reads = known.get(sluice) ?? new PanelReads(LIMITS);
  known.set(sluice, reads);
  return reads;
}

/** What a page shows of a panel. */
export interface Reading<T> {
  /** Null where nothing can be shown. */
  value: T | null;
  /** One sentence where reading failed, with the age of what is shown instead. */
  notice: Part;
}

/**
 * Reads what a panel has now; where the panel fails, or does not answer in `timeoutMs`, returns what was read last. `what` names it among
 * all reads of pages.
 *
 * @throws SluiceError of kind `not-found`
 */
export async function readNow<T>(
  { request, times }: Scene,
  what: readonly (string | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs = LIMITS.timeoutMs,
): Promise<Reading<T>> {
  const { sluice, now } = request;
  const key = JSON.stringify(what);
  // A queue of its own for each figure: operators do not wait for each other.
  const read = await toPanelReads(sluice).read<T>({ client: key, what: key, now, timeoutMs }, work);
  if (!read.failed) return { value: read.value, notice: null };
  const { error } = read;
  if (error instanceof SluiceError) {
    if (error.kind === 'not-found' || error.kind === 'internal') throw error;
    if (REFUSALS.includes(error.kind)) return { value: null, notice: problemNotice(error.message) };
  } else if (error instanceof Error && !isTimeOut(error)) {
    throw error;
  }
  const problem = error instanceof Error && !isTimeOut(error) ? error.message : 'The panel did not answer in time';
  if (read.value === null) return { value: null, notice: problemNotice(problem) };
  const age = html`${problem.replace(/\.$/, '')}. This was read ${times.ago(read.at)}.`;
  return { value: read.value, notice: problemNotice(age) };
}

function isTimeOut(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError');
}
