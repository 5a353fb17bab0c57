import type { RecordsReport } from '@sluice/engine';
import type { LastRead } from '../../../requests/panel-reads.js';
import type { CallRecord } from './call-table.js';
import type { LineScene } from './line-scene.js';

/** Calls on one page, which stays small also with all figures of a month. */
const ROWS = 25;
/** Most calls of a month that have pages; the file of its bill has all. */
const MOST_CALLS = 10_000;
/** Longest text that is searched for. */
const LONGEST_SEARCH = 60;

/** Which calls a page shows. */
export interface CallQuery {
  month: string;
  search: string;
  direction: 'inbound' | 'outbound' | null;
  outcome: 'answered' | 'unanswered' | null;
  page: number;
}

/** The calls of one page, the newest first, with the sums of those that were found and of the month. */
export interface CallPage extends Pick<RecordsReport, 'period' | 'provisional' | 'totals' | 'whole'> {
  calls: CallRecord[];
  page: number;
  pages: number;
  /** Found calls that no page has. */
  left: number;
}

const pick = <Word extends string>(text: string | undefined, words: readonly Word[]): Word | null =>
  words.find((word) => word === text) ?? null;

/** Returns what the address of a page asks for; words that mean nothing are left out. */
export function toCallQuery(query: Readonly<Record<string, string>>, month: string): CallQuery {
  const { search = '', direction, outcome, page = '' } = query;
  return {
    month,
    search: search.trim().slice(0, LONGEST_SEARCH),
    direction: pick(direction, ['inbound', 'outbound']),
    outcome: pick(outcome, ['answered', 'unanswered']),
    page: /^[1-9]\d{0,3}$/.test(page) ? Number(page) : 1,
  };
}

/** Reads a page of the calls of a month. */
export function readCallPage({ request, service, reads }: LineScene, query: CallQuery): Promise<LastRead<CallPage>> {
  const { sluice, now } = request;
  const { id, client } = service;
  const what = `calls ${id} ${JSON.stringify(query)}`;
  return reads.read<CallPage>({ client: client ?? '', what, now }, async (signal) => {
    const newest: CallRecord[] = [];
    const onCall = (call: CallRecord): void => {
      newest.push(call);
      if (newest.length >= 2 * MOST_CALLS) newest.splice(0, MOST_CALLS);
    };
    const { month: period, search, direction, outcome } = query;
    const asked = { service: id, period, search, direction, outcome, whole: true, onCall };
    const report = await sluice.calls.records(asked, { signal, reader: client });
    const found = newest.slice(-MOST_CALLS).reverse();
    const pages = Math.max(1, Math.ceil(found.length / ROWS));
    const page = Math.min(query.page, pages);
    const { totals, whole, provisional } = report;
    const left = Math.max(0, totals.calls - found.length);
    const calls = found.slice((page - 1) * ROWS, page * ROWS);
    return { period: report.period, provisional, totals, whole, calls, page, pages, left };
  });
}
