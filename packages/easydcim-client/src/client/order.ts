import { describeShape, firstId, firstText, idOf, isObject, objectAt, type JsonObject } from './json.js';
import { ParseProblem } from './parse-problem.js';
import { shapeOf } from './shape.js';
import type { Order, PanelService } from './types.js';
import { agreed, flagOf } from './words.js';

export const orderIdKeys = ['id', 'order_id', 'orderId'] as const;
export const serviceIdKeys = ['id', 'service_id', 'serviceId'] as const;
const emailKeys = ['email', 'client_email', 'user_email', 'customer_email'];
const personKeys = ['client', 'user', 'customer', 'owner', 'account'];

/** An order record (docs/panels/easydcim.md, 2.6). `ParseProblem` without an id. */
export function readOrder(row: JsonObject): Order {
  const id = firstId(row, orderIdKeys);
  if (id === null) throw new ParseProblem(`an order without an id, found ${describeShape(row)}`);
  const service = objectAt(row, 'service');
  const related = objectAt(row, 'related');
  const serviceStatus = firstText(service, ['status', 'state']) ?? firstText(row, ['service_status']);
  const orderStatus = firstText(row, ['status', 'state']);
  return {
    id,
    serviceId: sameId(firstId(row, ['service_id', 'serviceId']), firstId(service, serviceIdKeys)),
    serverId: sameId(
      firstId(row, ['related_id', 'server_id', 'item_id']) ?? firstId(service, ['related_id', 'server_id', 'item_id']),
      idOf(related['id']),
    ),
    status: serviceStatus ?? orderStatus ?? '',
    suspended: suspendedIn(row, service, [serviceStatus, orderStatus]),
    locked: lockedIn([row, service, related]),
    clientEmail: emailOf(row),
    shape: shapeOf(row),
  };
}

/** A service record (docs/panels/easydcim.md, 2.7). `ParseProblem` without an id. */
export function readService(row: JsonObject): PanelService {
  const id = firstId(row, serviceIdKeys);
  if (id === null) throw new ParseProblem(`a service without an id, found ${describeShape(row)}`);
  const related = objectAt(row, 'related');
  return {
    id,
    orderId: sameId(firstId(row, ['order_id', 'orderId']), idOf(objectAt(row, 'order')['id'])),
    serverId: sameId(firstId(row, ['related_id', 'server_id', 'device_id', 'item_id']), idOf(related['id'])),
    status: firstText(row, ['status', 'state']),
    addresses: addressesOf(row, related),
    clientEmail: emailOf(row),
    shape: shapeOf(row),
  };
}

/** Two places for one id: what both say, or what one of them says; a contradiction is unknown. */
function sameId(first: string | null, second: string | null): string | null {
  if (first === null || second === null) return first ?? second;
  return first === second ? first : null;
}

/**
 * A suspension may show on the order or on its service only, so one word for it is enough. A flag that denies what a word says
 * is a contradiction: unknown.
 */
function suspendedIn(row: JsonObject, service: JsonObject, statuses: (string | null)[]): boolean | null {
  const words = statuses.map(suspendedWord);
  const flags = [row, service].map((place) => flagOf(place['suspended'] ?? place['is_suspended']));
  if (words.includes(true)) return flags.includes(false) ? null : true;
  return agreed(...flags) ?? (flags.includes(true) ? null : agreed(...words));
}

/** "Accepted", "pending" and the like speak of the order, not of whether its service runs. */
function suspendedWord(status: string | null): boolean | null {
  const word = status?.toLowerCase();
  if (word === 'suspended') return true;
  return word === 'activated' || word === 'active' || word === 'unsuspended' ? false : null;
}

function lockedIn(rows: JsonObject[]): boolean | null {
  const said = rows.map((row) => flagOf(row['locked'] ?? row['is_locked']));
  if (said.includes(true)) return true;
  return said.includes(false) ? false : null;
}

function emailOf(row: JsonObject): string | null {
  for (const place of [row, ...personKeys.map((key) => objectAt(row, key))]) {
    const email = firstText(place, emailKeys);
    if (email !== null) return email;
  }
  return null;
}

function addressesOf(row: JsonObject, related: JsonObject): string[] {
  const listed = Array.isArray(related['ip_addresses']) ? related['ip_addresses'] : [];
  const found = [
    ...listed.map((entry: unknown) =>
      isObject(entry) ? firstText(entry, ['address', 'ip']) : firstText({ entry }, ['entry']),
    ),
    ...[row, related].map((place) => firstText(place, ['ip', 'dedicated_ip', 'ipv4'])),
  ];
  return [...new Set(found.filter((address) => address !== null))];
}
