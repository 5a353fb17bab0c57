import { isPanelError } from '@sluice/panel-http';
import { segment, type Connection } from './connection.js';
import { findRecord, type JsonObject } from './json.js';
import { noInfo, parseList, type ListOptions } from './list-answer.js';
import { pages } from './pages.js';
import { ParseProblem, toSchema } from './parse-problem.js';
import type { CallOptions } from './types.js';

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

export interface RecordCall<T> {
  /** Up to the id, e.g. `/api/v3/admin/ports`. */
  base: string;
  what: string;
  wrappers: readonly string[];
  idKeys: readonly string[];
  parse: (row: JsonObject) => T;
  asUser: boolean;
}

/** Reads one record by its id. An answer about another id is refused. */
export async function getRecord<T extends { id: string }>(
  connection: Connection,
  call: RecordCall<T>,
  id: string,
  options: CallOptions = {},
): Promise<T> {
  const request = {
    method: 'GET' as const,
    path: `${call.base}/${segment(id, call.what)}`,
    endpoint: `GET ${call.base}/{id}`,
    schema: toSchema((json) => {
      const record = call.parse(findRecord(json, call.wrappers, call.idKeys, call.what));
      if (record.id !== id.trim())
        throw new ParseProblem(`the ${call.what} in the answer is not the requested one`, ['id']);
      return record;
    }),
  };
  if (!call.asUser) return (await connection.request(request, options)).body;
  return (await connection.readAs(request, options)).answer.body;
}

export interface ChangeCall {
  path: string;
  endpoint: string;
  /** Whether the body is `{}`. */
  sendEmptyBody: boolean;
}

/** Sends one change, once. Any 2xx answer without a refusal counts as accepted: the caller reads back its effect. */
export async function change(connection: Connection, call: ChangeCall, options: CallOptions = {}): Promise<void> {
  await connection.request(
    {
      method: 'POST',
      path: call.path,
      endpoint: call.endpoint,
      allowEmpty: true,
      idempotent: false,
      changing: true,
      ...(call.sendEmptyBody ? { json: {} } : {}),
    },
    options,
  );
}
