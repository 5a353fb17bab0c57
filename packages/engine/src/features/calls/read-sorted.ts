import { isPanelError } from '@sluice/panel-http';
import type { CallFilter, PanelTelephony } from '@sluice/panel-kind';
import { type CallRecord, compareCalls } from '@sluice/quota-core/telephony';

/** Records that are sorted at once: this many are kept in memory. */
const AT_ONCE = 20_000;
/** How often a list is read that changes while it is read. */
const ATTEMPTS = 3;
const SECOND = 1000;
/** Records that the panel was not asked for: this many of a part are reported. */
const MOST_UNASKED = 1000;

/** How calls are read; `onUnasked` gets what a part had besides the calls that it was asked for. */
interface SortedOptions {
  signal: AbortSignal;
  atOnce?: number;
  onUnasked?: (call: CallRecord) => void;
}

interface Window {
  calls: CallRecord[];
  unasked: CallRecord[];
}

/**
 * Reads the calls of a window in the order of a report, whatever order the system has. A window with more calls than fit is
 * read in halves, so that memory does not grow with the number of calls.
 */
export async function* readSorted(
  telephony: Pick<PanelTelephony, 'calls'>,
  filter: CallFilter,
  options: SortedOptions,
): AsyncGenerator<CallRecord[], void, undefined> {
  const { atOnce = AT_ONCE } = options;
  const [from, to] = [Date.parse(filter.from), Date.parse(filter.to)];
  if (to <= from) return;
  const half = from + Math.ceil((to - from) / 2 / SECOND) * SECOND;
  // A window of one second is read whole, however many calls it has.
  const most = half < to ? atOnce : Infinity;
  const window = await readSteady(telephony, filter, { ...options, most });
  if (window !== null) {
    if (options.onUnasked !== undefined) window.unasked.forEach(options.onUnasked);
    yield window.calls.sort(compareCalls);
    return;
  }
  const middle = new Date(half).toISOString();
  yield* readSorted(telephony, { ...filter, to: middle }, options);
  yield* readSorted(telephony, { ...filter, from: middle }, options);
}

/** Reads a window; null where it has more calls than fit. A list that changed meanwhile is read again. */
async function readSteady(
  telephony: Pick<PanelTelephony, 'calls'>,
  filter: CallFilter,
  options: { signal: AbortSignal; most: number },
): Promise<Window | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readWindow(telephony, filter, options);
    } catch (error) {
      if (!isPanelError(error) || error.panelCode !== 'list_changed' || attempt === ATTEMPTS) throw error;
    }
  }
}

async function readWindow(
  telephony: Pick<PanelTelephony, 'calls'>,
  filter: CallFilter,
  { signal, most }: { signal: AbortSignal; most: number },
): Promise<Window | null> {
  const found: CallRecord[] = [];
  const others: CallRecord[] = [];
  for await (const { calls, unasked = [], total } of telephony.calls(filter, signal)) {
    signal.throwIfAborted();
    for (const call of calls) found.push(call);
    others.push(...unasked.slice(0, MOST_UNASKED - others.length));
    if (found.length > most || (total !== null && total > most)) return null;
  }
  return { calls: found, unasked: others };
}
