import { noSuchId } from './step.js';
import type { Kind, ReplaySymbols } from './symbols.js';

/** Fields that hold ids. */
const idFields: Readonly<Record<string, Kind>> = {
  userId: 'user',
  tunnelId: 'tunnel',
  nodeId: 'node',
  speedId: 'limit',
  userGroupId: 'userGroup',
  tunnelGroupId: 'tunnelGroup',
  userTunnelId: 'permission',
};

/** Lists of ids, by field. */
const idLists: Readonly<Record<string, Kind>> = { userIds: 'user', tunnelIds: 'tunnel' };

/** What the `id` of an object means, by the key that the object stands under. */
const containers: Readonly<Record<string, Kind>> = {
  userInfo: 'user',
  users: 'user',
  nodes: 'node',
  tunnels: 'tunnel',
  forwards: 'forward',
  tunnelPermissions: 'permission',
  userTunnels: 'permission',
  speedLimits: 'limit',
  tunnelGroups: 'tunnelGroup',
  userGroups: 'userGroup',
  permissions: 'right',
};

const secrets = new Set(['secret', 'pwd', 'token']);
const counted = new Set(['inx', 'time', 'exportedAt', 'ts', 'createdTime', 'updatedTime']);
const yearMs = 365 * 24 * 3_600_000;

/** Rewrites an answer of the panel so that two runs can be compared: ids by name, instants and secrets by kind, others' rows left out. */
export class Normaliser {
  readonly #symbols: ReplaySymbols;
  readonly #now: number;

  constructor(symbols: ReplaySymbols, now: number) {
    this.#symbols = symbols;
    this.#now = now;
  }

  /** `kind` tells what the `id` of the outermost objects means. */
  value(value: unknown, kind: Kind | null, key = ''): unknown {
    if (Array.isArray(value)) return this.#list(value, kind, key);
    if (typeof value === 'object' && value !== null) return this.#object(value, kind);
    if (typeof value === 'string') return this.#text(key, value);
    return typeof value === 'number' ? this.#number(key, value, kind) : value;
  }

  #list(items: readonly unknown[], kind: Kind | null, key: string): unknown {
    const members = idLists[key] ?? (items.every((item) => typeof item === 'number') ? kind : null);
    if (members !== null && items.every((item) => typeof item === 'number')) {
      return items.map((id) => this.#symbols.findName(members, id) ?? `no ${members}`);
    }
    return items
      .filter((item) => !this.#isForeign(item, kind))
      .map((item) => this.value(item, kind, Array.isArray(item) ? key : ''));
  }

  /** A row that this run has not made, the administrator's included. */
  #isForeign(item: unknown, kind: Kind | null): boolean {
    if (kind === null || typeof item !== 'object' || item === null || !('id' in item)) return false;
    const name = typeof item.id === 'number' ? this.#symbols.findName(kind, item.id) : undefined;
    return name === undefined || name === 'admin';
  }

  #object(value: object, kind: Kind | null): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (secrets.has(key)) out[key] = `<${key}>`;
      else if (key === 'id' && kind === null) out[key] = typeof inner === 'number' ? '<id>' : inner;
      else out[key] = this.value(inner, containers[key] ?? (key === 'data' ? kind : key === 'id' ? kind : null), key);
    }
    return out;
  }

  #text(key: string, value: string): string {
    return key === 'version' ? value.replace(/^\d.*/, '<version>') : this.#symbols.plain(value);
  }

  #number(key: string, value: number, kind: Kind | null): unknown {
    if (key === 'code') return value;
    if (counted.has(key)) return this.#instant(key, value);
    if (key === 'expTime' && Math.abs(value - this.#now - yearMs) < 600_000) return '<in a year>';
    const idKind = key === 'id' ? kind : idFields[key];
    if (idKind == null || value === 0) return value;
    return this.#symbols.findName(idKind, value) ?? (value === noSuchId ? '<unknown>' : `<another ${idKind}>`);
  }

  #instant(key: string, value: number): string {
    if (key === 'inx') return '<inx>';
    return Number.isInteger(value) && Math.abs(value - this.#now) < 3_600_000 ? '<now>' : '<long ago>';
  }
}
