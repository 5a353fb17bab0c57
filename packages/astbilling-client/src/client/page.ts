import { isPanelError, type PanelError } from '@sluice/panel-http';
import type { CallOperation, OperationName, Pagination, ResourceName } from '../profile/schema.js';
import type { CanonicalRecord, WireEntry } from '../wire/codec.js';
import { describeKind, Mismatch } from '../wire/mismatch.js';
import { countAt, findAt, scalarText } from '../wire/pointer.js';
import type { IdBound, TimeRange } from '../wire/request.js';
import type { Connection } from './connection.js';
import type { AstbillingCallOptions } from './types.js';

/** A list to be read, with the filters that the system applies. */
export interface ListCall {
  resource: ResourceName;
  name: OperationName;
  filters?: CanonicalRecord | undefined;
  range?: TimeRange | undefined;
}

/** One page as it came. */
export interface WirePage {
  rows: unknown[];
  total: number | null;
  next: string | null;
  /** How many records are left with this page, where the list counts them; it may be an estimate. */
  remaining: number | null;
}

/** How many records a page has where the profile does not say. */
export const DEFAULT_LIMIT = 100;

/** Which page to read. */
interface Place {
  number: number;
  received: number;
  cursor: string | null;
  /** Only records with a smaller id. */
  before?: string;
  /** Some systems have no page after the last. */
  isBeyond?: boolean;
  /** Whether all records came that the list states. */
  isWhole?: boolean;
}

/** Precedes the id of every record. */
const BEFORE_ALL = '0';

/** Reads one page; one without records is read once more where its count is exact and says that some are left. */
export async function readPage(
  connection: Connection,
  call: ListCall,
  place: Place,
  options: AstbillingCallOptions,
): Promise<WirePage> {
  const page = await requestPage(connection, call, place, options);
  if (!lacksRows(page)) return page;
  const none = { number: 0, received: 0, cursor: null, before: BEFORE_ALL };
  // An estimate does not depend on what is asked for.
  if ((await requestPage(connection, call, none, options)).remaining !== 0) return page;
  const again = await requestPage(connection, call, place, options);
  if (lacksRows(again)) throw unsentRecords(connection, call, again.remaining);
  return again;
}

/** Creates the error of an answer that counts records and sends none. */
export function unsentRecords(connection: Connection, call: ListCall, count: number | null): PanelError {
  return brokenList(connection, call, 'list_incomplete', `none of ${count ?? 'its'} records came`);
}

const lacksRows = ({ rows, remaining }: WirePage): boolean => rows.length === 0 && remaining !== null && remaining > 0;

/** Creates the error of a list that can't be used. */
export function brokenList(connection: Connection, call: ListCall, panelCode: string, what: string): PanelError {
  const { resource, name } = call;
  return connection.error('PANEL_UNREADABLE', call, {
    message: `sent an unusable list for ${resource}.${name}: ${what}. The list was ignored.`,
    panelCode,
  });
}

async function requestPage(
  connection: Connection,
  call: ListCall,
  place: Place,
  options: AstbillingCallOptions,
): Promise<WirePage> {
  const { resource, name, filters, range } = call;
  const operation = connection.operation(resource, name);
  const pagination = operation.pagination ?? connection.profile.pagination;
  const page = toPageEntries(pagination, place);
  const bound = toBound(pagination, place);
  let json: unknown;
  try {
    json = await connection.read({ resource, name, parts: { filters, range, page, bound } }, options);
  } catch (error) {
    const { emptyListAs = [] } = connection.envelope(operation);
    if (!isPanelError(error)) throw error;
    // Of a system that answers empty lists with a 404, its JSON need not be the error that the profile describes.
    const isEmpty = error.panelCode === 'not_found' && emptyListAs.includes('not-found');
    const isAbsent = isEmpty || (error.code === 'PANEL_NOT_FOUND' && place.isBeyond === true);
    // Once all records have come that the list states, any 404 ends it.
    if (!isAbsent && !(place.isWhole === true && error.status === 404)) throw error;
    return { rows: [], total: null, next: null, remaining: null };
  }
  return connection.decode(call, () => parsePage(connection, operation, json));
}

function toBound({ afterFilter: name }: Pagination, { cursor, before }: Place): IdBound | undefined {
  if (name === undefined) return undefined;
  if (before !== undefined) return { name, op: 'before', value: before };
  return cursor === null ? undefined : { name, op: 'after', value: cursor };
}

function toPageEntries(pagination: Pagination, { number, received, cursor }: Place): WireEntry[] {
  const { style, limit = DEFAULT_LIMIT, limitParam, offsetParam, pageParam, firstPage = 1, cursorParam } = pagination;
  const size: WireEntry[] = limitParam === undefined ? [] : [[limitParam, limit]];
  if (style === 'offset' && offsetParam !== undefined) return [[offsetParam, received], ...size];
  if (style === 'page' && pageParam !== undefined) return [[pageParam, firstPage + number], ...size];
  if (style === 'cursor' && cursorParam !== undefined && cursor !== null) return [[cursorParam, cursor], ...size];
  return style === 'none' ? [] : size;
}

function parsePage(connection: Connection, operation: CallOperation, json: unknown): WirePage {
  const { list = '', total, next, emptyListAs = [] } = connection.envelope(operation);
  const found = findAt(json, list);
  const rows = emptyListAs.some((spelling) => IS_EMPTY[spelling]?.(found)) ? [] : found?.value;
  if (!Array.isArray(rows)) {
    throw new Mismatch('envelope.list', `expected a list there, but ${describeKind(found?.value)}`);
  }
  const { remaining } = operation.pagination ?? connection.profile.pagination;
  return {
    rows,
    total: countAt(json, total),
    next: toCursor(json, next),
    remaining: countAt(json, remaining),
  };
}

/** How systems write an empty list. */
const IS_EMPTY: Record<string, (found: { value: unknown } | null) => boolean> = {
  missing: (found) => found === null,
  null: (found) => found?.value === null,
  'empty-string': (found) => found?.value === '',
  'empty-object': (found) => isEmptyObject(found?.value),
};

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function toCursor(json: unknown, pointer: string | null | undefined): string | null {
  if (pointer === null || pointer === undefined) return null;
  const text = scalarText(findAt(json, pointer)?.value);
  return text === '' ? null : text;
}
