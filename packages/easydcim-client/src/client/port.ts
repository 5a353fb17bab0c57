import {
  describeShape,
  firstId,
  firstText,
  toId,
  isObject,
  objectAt,
  toShape,
  wholeNumber,
  type JsonObject,
} from './json.js';
import { ParseProblem } from './parse-problem.js';
import type { Port } from './types.js';
import { toAdminState, toAdminWord, agreed, toFlag, toLinkState, toSpeed } from './values.js';

/** Matches names of ports through which a server is administered. Disabling them would lock its owner out. */
export const defaultManagementPorts = /(^|[^a-z])(ilo|i?drac|bmc|ipmi|mgmt|management|kvm)(?![a-z])/i;

/** The same for descriptions, in which a "kvm host" is a server of virtual machines. */
const managementDescriptions =
  /(^|[^a-z])(ilo|i?drac|bmc|ipmi|mgmt|management|kvm(?![ _-]*(host|node|hypervisor|server|guest|vm)))(?![a-z])/i;

export const portIdKeys = ['port_id', 'portId', 'portid', 'id'] as const;
const nameKeys = [
  'name',
  'label',
  'user_label',
  'interface_name',
  'if_name',
  'ifname',
  'description',
  'number',
  'port_number',
];
const managementKeys = ['name', 'label', 'user_label', 'interface_name', 'if_name', 'ifname', 'type', 'port_type'];
const speedKeys = ['speed', 'speed_label', 'speed_human', 'bandwidth', 'port_speed', 'link_speed'];
const portKeys = ['connected_port', 'conn_port', 'connected_port_id', 'conn_port_id', 'port_connection_id'];
const itemKeys = [
  'connected_item',
  'conn_item',
  'connection_item',
  'connected_item_id',
  'conn_item_id',
  'connection_item_id',
];

/** Parses a port (docs/panels/easydcim.md, 2.2). `ParseProblem` without an id; other parts that can't be parsed are `null`. */
export function parsePort(row: JsonObject, managementPorts: RegExp): Port {
  const id = firstId(row, portIdKeys) ?? nestedId(row);
  if (id === null) throw new ParseProblem(`a port without an id, found ${describeShape(row)}`);
  const name = firstText(row, nameKeys) ?? id;
  const description = firstText(row, ['description']);
  const item = farSide(row, itemKeys, 'label');
  return {
    id,
    name,
    description,
    adminEnabled: adminEnabled(row),
    linkUp: linkUp(row),
    management:
      managementKeys.some((key) => matches(managementPorts, row[key])) ||
      matches(managementPorts, name) ||
      matches(managementPorts === defaultManagementPorts ? managementDescriptions : managementPorts, description),
    speedBitsPerSecond: toSpeed(row, speedKeys),
    trafficBytes: traffic(row),
    itemId: firstId(row, ['item_id', 'itemId']) ?? toId(objectAt(row, 'item')['id']),
    connectedPort: farSide(row, portKeys, 'name'),
    connectedItem: item === null ? null : { id: item.id, label: item.name },
    shape: toShape(row),
  };
}

function nestedId(row: JsonObject): string | null {
  for (const key of ['selected_port', 'port', 'interface']) {
    const value = row[key];
    if (isObject(value)) return firstId(value, portIdKeys);
  }
  return null;
}

function matches(pattern: RegExp, value: unknown): boolean {
  // `search` ignores the position of a pattern with the flag g.
  return typeof value === 'string' && value.search(pattern) >= 0;
}

/** Only the administrative field, or the words enabled and disabled, show that a port was switched; the link shows nothing. */
function adminEnabled(row: JsonObject): boolean | null {
  return agreed(
    toAdminState(row['admin_state']),
    toAdminState(row['adminState']),
    toAdminWord(row['status']),
    toAdminWord(row['state']),
  );
}

function linkUp(row: JsonObject): boolean | null {
  for (const key of ['is_up', 'up', 'link_up']) {
    const flag = toFlag(row[key]) ?? toLinkState(row[key]);
    if (flag !== null) return flag;
  }
  const operational = agreed(toLinkState(row['oper_state']), toLinkState(row['operState']));
  return operational ?? agreed(toLinkState(row['status']), toLinkState(row['state']));
}

function traffic(row: JsonObject): number | null {
  const own = firstNumber(row, ['traffic_total', 'total', 'usage', 'total_1m']);
  if (own !== null) return own;
  const nested = objectAt(row, 'traffic');
  const total = firstNumber(nested, ['total', 'total_1m', 'usage', 'sum', 'value']);
  if (total !== null) return total;
  for (const [down, up] of [
    ['in', 'out'],
    ['rx', 'tx'],
    ['download', 'upload'],
  ] as const) {
    const [first, second] = [wholeNumber(nested[down]), wholeNumber(nested[up])];
    if (first !== null && second !== null) return first + second;
  }
  return null;
}

function firstNumber(row: JsonObject, keys: readonly string[]): number | null {
  for (const key of keys) {
    const number = wholeNumber(row[key]);
    if (number !== null) return number;
  }
  return null;
}

/** The other end of the cable: an object, an id, or text such as `#12 Gi1/0/11`. */
function farSide(
  row: JsonObject,
  keys: readonly string[],
  nameKey: string,
): { id: string | null; name: string | null } | null {
  for (const key of keys) {
    const value = row[key];
    if (isObject(value)) {
      const end = {
        id: firstId(value, ['id', 'port_id', 'item_id']),
        name: firstText(value, [nameKey, 'name', 'label']),
      };
      if (end.id !== null || end.name !== null) return end;
    } else if (typeof value === 'string' && toId(value) !== null && !/^\d+$/.test(value.trim())) {
      const match = /^#(\d+)\s*(.*)$/.exec(value.trim());
      const name = match === null ? value.trim() : (match[2] ?? '');
      return { id: match?.[1] ?? null, name: name === '' ? null : name };
    } else {
      const id = toId(value);
      if (id !== null) return { id, name: null };
    }
  }
  return null;
}
