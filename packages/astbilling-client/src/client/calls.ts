import type { CallRecord } from '@sluice/quota-core/telephony';
import { PanelConfigError } from '@sluice/panel-http';
import { readCallPages } from './call-pages.js';
import { toCanonical } from './canonical.js';
import type { Connection } from './connection.js';
import { splitFilters } from './filters.js';
import { ResourceClient } from './resource.js';
import { CONVERTERS } from './to-records.js';
import { toReadRange } from '../wire/times.js';
import type { AstbillingCallOptions, CallPage, CallsRequest } from './types.js';

const CALL = { resource: 'cdrs', name: 'list' } as const;

/** Reads call records page by page; what lies outside of the range or does not fit the filters is dropped here again. */
export async function* readCalls(
  connection: Connection,
  request: CallsRequest,
  options: AstbillingCallOptions = {},
): AsyncGenerator<CallPage, void, undefined> {
  const range = checkRange(connection, request);
  const { subscriberId, customerId, did, direction, marksUnreadable: marks = false } = request;
  const filters = toCanonical({ subscriberId, customerId, did, direction });
  const sent = splitCallFilters(connection, filters);
  const stated = sent['subscriber_id'] !== undefined;
  const filtersTime = connection.profile.resources.cdrs?.filters?.['from'] !== undefined;
  if (!filtersTime) {
    connection.warn(
      `Panel "${connection.panel}" has no filter for the time of calls: all calls are read and filtered here.`,
    );
  }
  const asked = toReadRange(range, connection.writer.codec(CALL.resource).formats);
  let username: string | null | undefined;
  for await (const { calls: all, total } of readCallPages(connection, { filters: sent, range, marks }, options)) {
    if (stated && subscriberId !== undefined && username === undefined && all.some(isNamed)) {
      username = await findUsername(connection, subscriberId, options);
    }
    const owned = (call: CallRecord): boolean => isOwned(call, subscriberId, { stated, username });
    const calls = all.filter((call) => isInside(call, range) && owned(call) && fits(call, request));
    const unasked = all.filter((call) => (filtersTime && !isInside(call, asked)) || (stated && !owned(call)));
    yield { calls, dropped: all.length - calls.length, unasked, total };
  }
}

function splitCallFilters(connection: Connection, filters: Record<string, unknown>): Record<string, unknown> {
  const { did, ...others } = filters;
  const names = connection.profile.resources.cdrs?.filters ?? {};
  // Without a filter of the system a call's own numbers say which DID it used.
  const remote = did === undefined || names['did'] !== undefined ? filters : others;
  if (remote === others) {
    connection.warn(
      `Panel "${connection.panel}" has no filter for did in cdrs: the whole list is read and filtered here.`,
    );
  }
  return splitFilters(connection, CALL, remote).sent;
}

function checkRange({ panel }: Connection, { from, to }: CallsRequest): { from: string; to: string } {
  if (Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to)) || Date.parse(from) >= Date.parse(to)) {
    throw new PanelConfigError(
      'option_invalid',
      `The range of calls of panel "${panel}" is empty or not in ISO 8601. Let it end after it begins.`,
    );
  }
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** ISO texts of one form sort by time. */
const isInside = ({ startedAt }: CallRecord, { from, to }: { from: string; to: string }): boolean =>
  from <= startedAt && startedAt < to;

/** Whether a call says whose it is by a username only. */
const isNamed = ({ subscriberId, username }: CallRecord): boolean => subscriberId === null && username !== null;

/** Returns the username of a line; null where the system has no such line. */
async function findUsername(
  connection: Connection,
  id: string,
  options: AstbillingCallOptions,
): Promise<string | null> {
  const line = await new ResourceClient(connection, 'subscribers', CONVERTERS.subscribers).get(id, options);
  return line?.username ?? null;
}

/**
 * Whether a call is one of the line. One that names no line is, when the system itself was asked for that line and the call does not
 * name the username of another.
 */
function isOwned(
  call: CallRecord,
  subscriberId: string | undefined,
  { stated, username }: { stated: boolean; username: string | null | undefined },
): boolean {
  if (subscriberId === undefined || call.subscriberId !== null)
    return (subscriberId ?? call.subscriberId) === call.subscriberId;
  return stated && (call.username === null || call.username === username);
}

function fits(call: CallRecord, { did, direction }: CallsRequest): boolean {
  if (direction !== undefined && call.direction !== direction) return false;
  return did === undefined || [call.did, call.source, call.destination].includes(did);
}
