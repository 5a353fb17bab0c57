import { isPanelError } from '@sluice/panel-http';
import { segment, type Connection } from './connection.js';
import { findRecord, type JsonObject } from './json.js';
import { noInfo, parseList, type ListOptions } from './list-answer.js';
import { pages } from './pages.js';
import { ParseProblem, toSchema } from './parse-problem.js';
import type { CallOptions, EasyDcimOptions } from './types.js';

export interface ListCall<T> {
  path: () => string;
  endpoint: string;
  query: Record<string, string | number>;
  asUser: boolean;
  list: ListOptions;
  parse: (row: JsonObject) => T;
}

/** Lists every item, all pages on behalf of the same user. */
export function listRecords<T extends { id: string }>(
  connection: Connection,
  call: ListCall<T>,
  options: CallOptions = {},
): AsyncIterable<T> {
  let current = options;
  const schema = toSchema((json) => {
    const { rows, info } = parseList(json, call.list);
    return { items: rows.map(call.parse), info };
  });
  return pages<T>({
    incomplete: (what) => connection.incomplete(call.endpoint, what),
    fetch: async (page, guessed) => {
      const query = { ...call.query, ...(page > 1 ? { page } : {}) };
      const request = { method: 'GET' as const, path: call.path(), endpoint: call.endpoint, query, schema };
      try {
        if (!call.asUser) return (await connection.request(request, current)).body;
        const { answer, fallback } = await connection.readAs(request, current);
        if (fallback) current = { ...current, impersonate: null };
        return answer.body;
      } catch (error) {
        if (guessed && refusesPage(error)) return { items: [], info: noInfo };
        throw error;
      }
    },
  });
}

/** Whether the panel refuses a page that may not exist. */
function refusesPage(error: unknown): boolean {
  return isPanelError(error) && (error.code === 'PANEL_NOT_FOUND' || error.code === 'PANEL_REJECTED');
}

/** Records of one kind, each with an address of its own. */
export interface RecordKind<T> {
  /** Up to the id, e.g. `/api/v3/admin/ports`. */
  base: string;
  what: string;
  idKeys: readonly string[];
  parse: (row: JsonObject) => T;
  asUser: boolean;
}

/** Lists all records of a kind. */
export function listAll<T extends { id: string }>(
  connection: Connection,
  { base, what, parse, asUser }: RecordKind<T>,
  options?: CallOptions,
): AsyncIterable<T> {
  const query = { page: 1, per_page: 100 };
  const call = { path: () => base, endpoint: `GET ${base}`, query, asUser, list: { name: `${what}s` }, parse };
  return listRecords(connection, call, options);
}

/** Reads one record by its id. An answer about another id is refused. */
export async function getRecord<T extends { id: string }>(
  connection: Connection,
  { base, what, idKeys, parse, asUser }: RecordKind<T>,
  id: string,
  options: CallOptions = {},
): Promise<T> {
  const request = {
    method: 'GET' as const,
    path: `${base}/${segment(id, what)}`,
    endpoint: `GET ${base}/{id}`,
    schema: toSchema((json) => {
      const record = parse(findRecord(json, ['data', 'result', what], idKeys, what));
      if (record.id !== id.trim()) throw new ParseProblem(`the ${what} in the answer is not the requested one`, ['id']);
      return record;
    }),
  };
  if (!asUser) return (await connection.request(request, options)).body;
  return (await connection.readAs(request, options)).answer.body;
}

/**
 * Creates the changes of records, each one call that is sent once. Any 2xx answer without a refusal counts as accepted: the caller
 * reads back its effect.
 */
export function toChanges(
  connection: Connection,
  { base, what }: Pick<RecordKind<unknown>, 'base' | 'what'>,
  { sendEmptyBody = true }: Pick<EasyDcimOptions, 'sendEmptyBody'>,
): (action: string) => (id: string, options?: CallOptions) => Promise<void> {
  return (action) => async (id, options) => {
    await connection.request(
      {
        method: 'POST',
        path: `${base}/${segment(id, what)}/${action}`,
        endpoint: `POST ${base}/{id}/${action}`,
        allowEmpty: true,
        idempotent: false,
        changing: true,
        ...(sendEmptyBody ? { json: {} } : {}),
      },
      options,
    );
  };
}
