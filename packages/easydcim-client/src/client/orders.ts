import { toChanges, getRecord, listAll } from './calls.js';
import type { Connection } from './connection.js';
import { describeShape, firstId, firstText, toId, isObject, objectAt, toShape, type JsonObject } from './json.js';
import { ParseProblem } from './parse-problem.js';
import type { EasyDcimClient, EasyDcimOptions, Order, PanelService } from './types.js';
import { agreed, toFlag, toState } from './values.js';

export const orderIdKeys = ['id', 'order_id', 'orderId'] as const;
export const serviceIdKeys = ['id', 'service_id', 'serviceId'] as const;
const emailKeys = ['email', 'client_email', 'user_email', 'customer_email'];
const personKeys = ['client', 'user', 'customer', 'owner', 'account'];

/** Parses an order (docs/panels/easydcim.md, 2.6). `ParseProblem` without an id. */
export function parseOrder(row: JsonObject): Order {
  const id = firstId(row, orderIdKeys);
  if (id === null) throw new ParseProblem(`an order without an id, found ${describeShape(row)}`);
  const service = objectAt(row, 'service');
  const related = objectAt(row, 'related');
  const serviceStatus = firstText(service, ['status', 'state']) ?? firstText(row, ['service_status']);
  const orderStatus = firstText(row, ['status', 'state']);
  const serverId = sameId(
    firstId(row, ['related_id', 'server_id', 'item_id']) ?? firstId(service, ['related_id', 'server_id', 'item_id']),
    toId(related['id']),
  );
  return {
    id,
    serviceId: sameId(firstId(row, ['service_id', 'serviceId']), firstId(service, serviceIdKeys)),
    serverId,
    serverLabel: findLabel(related, serverId),
    status: serviceStatus ?? orderStatus ?? '',
    suspended: findSuspended(row, service, [serviceStatus, orderStatus]),
    locked: findLocked([row, service, related]),
    clientEmail: findEmail(row),
    shape: toShape(row),
  };
}

/** Parses a service (docs/panels/easydcim.md, 2.7). `ParseProblem` without an id. */
export function parseService(row: JsonObject): PanelService {
  const id = firstId(row, serviceIdKeys);
  if (id === null) throw new ParseProblem(`a service without an id, found ${describeShape(row)}`);
  const related = objectAt(row, 'related');
  const serverId = sameId(firstId(row, ['related_id', 'server_id', 'device_id', 'item_id']), toId(related['id']));
  return {
    id,
    orderId: sameId(firstId(row, ['order_id', 'orderId']), toId(objectAt(row, 'order')['id'])),
    serverId,
    serverLabel: findLabel(related, serverId),
    status: firstText(row, ['status', 'state']),
    addresses: listAddresses(row, related),
    clientEmail: findEmail(row),
    shape: toShape(row),
  };
}

/** Merges an id from two places; null for a contradiction. */
function sameId(first: string | null, second: string | null): string | null {
  if (first === null || second === null) return first ?? second;
  return first === second ? first : null;
}

/** The label of a server; one that says no more than its id is not one. */
function findLabel(related: JsonObject, serverId: string | null): string | null {
  const label = firstText(related, ['label', 'name'])?.trim() ?? '';
  const [, number = label] = /^\p{L}*[\s#_-]*(\d+)$/u.exec(label) ?? [];
  return label === '' || number === (serverId ?? toId(related['id'])) ? null : label;
}

/**
 * A suspension may show on the order or on its service only, so one status "suspended" is enough. A flag that contradicts the
 * status makes it unknown.
 */
function findSuspended(row: JsonObject, service: JsonObject, statuses: (string | null)[]): boolean | null {
  const words = statuses.map(toSuspended);
  const flags = [row, service].map((place) => toFlag(place['suspended'] ?? place['is_suspended']));
  if (words.includes(true)) return flags.includes(false) ? null : true;
  return agreed(...flags) ?? (flags.includes(true) ? null : agreed(...words));
}

/** "Accepted", "pending" and similar words describe the order, not its service: unknown. */
function toSuspended(status: string | null): boolean | null {
  return toState(status, ['suspended'], ['activated', 'active', 'unsuspended']);
}

function findLocked(rows: JsonObject[]): boolean | null {
  const flags = rows.map((row) => toFlag(row['locked'] ?? row['is_locked']));
  if (flags.includes(true)) return true;
  return flags.includes(false) ? false : null;
}

function findEmail(row: JsonObject): string | null {
  for (const place of [row, ...personKeys.map((key) => objectAt(row, key))]) {
    const email = firstText(place, emailKeys);
    if (email !== null) return email;
  }
  return null;
}

function listAddresses(row: JsonObject, related: JsonObject): string[] {
  const listed = Array.isArray(related['ip_addresses']) ? related['ip_addresses'] : [];
  const found = [
    ...listed.map((entry: unknown) =>
      isObject(entry) ? firstText(entry, ['address', 'ip']) : firstText({ entry }, ['entry']),
    ),
    ...[row, related].map((place) => firstText(place, ['ip', 'dedicated_ip', 'ipv4'])),
  ];
  return [...new Set(found.filter((address) => address !== null))];
}

/** The endpoints of orders (docs/panels/easydcim.md, 2.5 and 2.6). */
export function orderEndpoints(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['orders'] {
  const orders = {
    base: '/api/v3/admin/orders',
    what: 'order',
    idKeys: orderIdKeys,
    parse: parseOrder,
    asUser: false,
  };
  const change = toChanges(connection, orders, settings);
  return {
    get: (orderId, options) => getRecord(connection, orders, orderId, options),
    list: (options) => listAll(connection, orders, options),
    suspend: change('service/suspend'),
    unsuspend: change('service/unsuspend'),
  };
}

/** The endpoints of services (docs/panels/easydcim.md, 2.7). */
export function serviceEndpoints(connection: Connection): EasyDcimClient['services'] {
  const services = {
    base: '/api/v3/client/services',
    what: 'service',
    idKeys: serviceIdKeys,
    parse: parseService,
    asUser: true,
  };
  return {
    get: (serviceId, options) => getRecord(connection, services, serviceId, options),
    list: (options) => listAll(connection, services, options),
  };
}
