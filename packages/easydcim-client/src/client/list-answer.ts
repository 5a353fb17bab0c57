import { describeShape, firstId, isObject, wholeNumber, type JsonObject } from './json.js';
import { ParseProblem } from './parse-problem.js';

/** What an answer states about pages; `null` where it states nothing. */
export interface PageInfo {
  page: number | null;
  lastPage: number | null;
  total: number | null;
  /** The number of the next page; `none` on the last page. */
  next: number | 'none' | null;
}

export interface ListAnswer {
  rows: JsonObject[];
  info: PageInfo;
}

export interface ListOptions {
  /** The name of such lists on this panel, e.g. `ports`. */
  name: string;
  /** Id keys of a lone record that counts as a list of one. Absent: a lone record is refused. */
  bareRecordIds?: readonly string[];
}

const inner = ['items', 'data', 'records', 'rows', 'collection'];
/** An answer that states nothing about pages. */
export const noInfo: PageInfo = { page: null, lastPage: null, total: null, next: null };

/**
 * Parses a list answer (docs/panels/easydcim.md, 1.7): a plain list, or one inside of `data`, `result` or the list's own name,
 * there also one level deeper. `ParseProblem` for anything else: a missing list is not an empty list.
 */
export function parseList(json: unknown, options: ListOptions): ListAnswer {
  const found = find(json, options, { keys: ['data', 'result', options.name], depth: 0, outer: noInfo });
  if (found === null) throw new ParseProblem(`no list of ${options.name}, found ${describeShape(json)}`);
  const rows = found.rows.map((row, index) => {
    if (!isObject(row)) throw new ParseProblem('expected a record', [options.name, String(index)]);
    return row;
  });
  return { rows, info: found.info };
}

/** One level of an answer in which a list is searched. */
interface Level {
  /** Possible names of the list at this level. */
  keys: readonly string[];
  depth: number;
  /** What the levels above state about pages. */
  outer: PageInfo;
}

function find(
  value: unknown,
  options: ListOptions,
  { keys, depth, outer }: Level,
): { rows: unknown[]; info: PageInfo } | null {
  if (Array.isArray(value)) return { rows: value, info: outer };
  if (!isObject(value) || depth > 2) return null;
  const inside: Level = { keys: [...inner, options.name], depth: depth + 1, outer: merge(outer, pageInfo(value)) };
  const found = keys
    .filter((key) => key in value)
    .map((key) => find(value[key], options, inside))
    .filter((one) => one !== null);
  if (found.length > 1) throw new ParseProblem(`the answer has lists of ${options.name} in two places`);
  if (found[0] !== undefined) return found[0];
  const bare = options.bareRecordIds !== undefined && firstId(value, options.bareRecordIds) !== null;
  return bare ? { rows: [value], info: { ...noInfo, next: 'none' } } : null;
}

function merge(outer: PageInfo, own: PageInfo): PageInfo {
  return {
    page: own.page ?? outer.page,
    lastPage: own.lastPage ?? outer.lastPage,
    total: own.total ?? outer.total,
    next: own.next ?? outer.next,
  };
}

function pageInfo(value: JsonObject): PageInfo {
  const meta = isObject(value['meta']) ? value['meta'] : {};
  const links = isObject(value['links']) ? value['links'] : isObject(meta['links']) ? meta['links'] : {};
  const lastPage = wholeNumber(value['last_page'] ?? meta['last_page']);
  return {
    page: wholeNumber(value['current_page'] ?? meta['current_page']),
    lastPage: lastPage === 0 ? 1 : lastPage,
    total: wholeNumber(value['total'] ?? meta['total']),
    next: findNext(value, links),
  };
}

/** Returns only the number of the next page: the token is never sent to an address from an answer. */
function findNext(value: JsonObject, links: JsonObject): number | 'none' | null {
  const next = 'next_page_url' in value ? value['next_page_url'] : links['next'];
  if (next === null) return 'none';
  if (typeof next !== 'string') return null;
  return wholeNumber(/[?&]page=(\d{1,9})(?:&|$)/.exec(next)?.[1]);
}
