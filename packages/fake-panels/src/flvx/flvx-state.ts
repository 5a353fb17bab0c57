import type { FlvxWorld } from './world.js';

/** The whole state of a fake panel as plain data, to be compared. */
export interface FlvxState {
  readonly users: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly tunnels: Readonly<Record<string, unknown>>;
  readonly limits: Readonly<Record<string, unknown>>;
  readonly forwards: Readonly<Record<string, unknown>>;
  readonly userGroups: Readonly<Record<string, unknown>>;
  readonly tunnelGroups: Readonly<Record<string, unknown>>;
  readonly groupPermissions: Readonly<Record<string, unknown>>;
  readonly grants: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly nodes: Readonly<Record<string, unknown>>;
}

type Rows = Iterable<object & { readonly id: number }>;

const stamps = new Set(['createdTime', 'updatedTime', 'time']);

function byId(rows: Rows, times: boolean): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const row of rows) {
    const entries = Object.entries(structuredClone(row)).filter(([key]) => times || !stamps.has(key));
    out[String(row.id)] = Object.fromEntries(entries);
  }
  return out;
}

const sorted = (ids: Iterable<number>): number[] => [...ids].sort((a, b) => a - b);

function withMembers(rows: Rows, members: ReadonlyMap<number, Set<number>>, times: boolean): Record<string, unknown> {
  const filled = [...rows].map((row) => ({ ...row, members: sorted(members.get(row.id) ?? []) }));
  return byId(filled, times);
}

/**
 * A deep copy of everything that a panel holds, by id; passwords as the panel's MD5. Without `times` the creation and change stamps are
 * left out, so that two states can be compared whatever the clock did. Statistics rows are left out.
 */
export function readState(world: FlvxWorld, times = false): FlvxState {
  const nodes = [...world.nodes.values()].map((node) => ({
    id: node.id,
    name: node.name,
    status: node.status,
    services: Object.fromEntries([...node.agent.services].sort(([a], [b]) => (a < b ? -1 : 1))),
    limiters: Object.fromEntries(node.agent.limiters),
  }));
  return {
    users: byId(world.users.values(), times),
    permissions: byId(world.permissions.values(), times),
    tunnels: byId(world.tunnels.values(), times),
    limits: byId(world.limits.values(), times),
    forwards: byId(world.forwards.values(), times),
    userGroups: withMembers(world.userGroups.values(), world.usersOfGroup, times),
    tunnelGroups: withMembers(world.tunnelGroups.values(), world.tunnelsOfGroup, times),
    groupPermissions: byId(world.groupPermissions.values(), times),
    grants: byId(world.grants.values(), times),
    // A store's mark differs after each change; what it is about does not.
    config: byId(
      world.config.all().filter(({ name }) => !name.startsWith('sluice_store_')),
      times,
    ),
    nodes: byId(nodes, times),
  };
}

function flatten(value: unknown, path: string, out: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, path === '' ? key : `${path}.${key}`, out);
  } else out.set(path, JSON.stringify(value));
}

/**
 * What differs between two states (or any two values of plain data), one line per leaf, in order:
 * `users.3.flow: 100 -> 200`, `forwards.7.id: 7 -> gone`, `forwards.8.id: none -> 8`.
 */
export function diffStates(before: unknown, after: unknown): string[] {
  const old = new Map<string, string>();
  const now = new Map<string, string>();
  flatten(before, '', old);
  flatten(after, '', now);
  const lines: string[] = [];
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(path), now.get(path)];
    if (was !== is) lines.push(`${path}: ${was ?? 'none'} -> ${is ?? 'gone'}`);
  }
  return lines.sort();
}
