import { commandTimeoutMs, type FlvxNode } from './node.js';
import type {
  ConfigRow,
  ForwardRow,
  GrantRow,
  GroupPermissionRow,
  GroupRow,
  LimitRow,
  PermissionRow,
  StatisticsRow,
  TunnelRow,
  UserRow,
} from './rows.js';
import { Table } from './table.js';

/** The members of a group, ready to be changed. */
export function listMembers(groups: Map<number, Set<number>>, groupId: number): Set<number> {
  const members = groups.get(groupId) ?? new Set();
  groups.set(groupId, members);
  return members;
}

/** A command as it went to a node. */
export interface SentCommand {
  readonly nodeId: number;
  readonly type: string;
  readonly data: unknown;
}

/** SQLite's message when the database stays locked (docs/panels/flvx.md, 1.5). */
export const lockedMessage = 'database is locked (5) (SQLITE_BUSY)';

/** Thrown inside the fake when a write meets a locked database; the panel answers it with code -2. */
export class DatabaseLocked extends Error {
  constructor() {
    super(lockedMessage);
  }
}

/** The tables of the fake panel, its nodes and its clock. */
export class FlvxWorld {
  readonly users = new Table<UserRow>();
  readonly permissions = new Table<PermissionRow>((row) => row.userId);
  readonly tunnels = new Table<TunnelRow>();
  readonly limits = new Table<LimitRow>();
  readonly forwards = new Table<ForwardRow>((row) => row.userId);
  readonly userGroups = new Table<GroupRow>();
  readonly tunnelGroups = new Table<GroupRow>();
  readonly groupPermissions = new Table<GroupPermissionRow>();
  readonly grants = new Table<GrantRow>((row) => row.userTunnelId);
  /** The users of each user group and the tunnels of each tunnel group, also of groups that do not exist. */
  readonly usersOfGroup = new Map<number, Set<number>>();
  readonly tunnelsOfGroup = new Map<number, Set<number>>();
  readonly statistics = new Table<StatisticsRow>((row) => row.userId);
  readonly config = new Table<ConfigRow>();
  readonly nodes = new Map<number, FlvxNode>();
  lastNodeId = 0;

  /** A write meets a locked database. */
  databaseLocked = false;
  /** How long the request has waited for nodes and the database, in milliseconds. */
  waitedMs = 0;
  /** The last commands sent, at most `commandsKept` of them. */
  commands: SentCommand[] = [];
  commandsKept = 10_000;

  constructor(
    /** The panel's clock, in Unix milliseconds. */
    readonly now: () => number,
    /** The panel's IANA time zone. */
    readonly timeZone: string,
    private readonly onWait: (ms: number) => void,
  ) {}

  wait(ms: number): void {
    if (ms <= 0) return;
    this.waitedMs += ms;
    this.onWait(ms);
  }

  /** To be called before each write. Throws when the database is locked. */
  beforeWrite(): void {
    if (!this.databaseLocked) return;
    this.wait(5_000);
    throw new DatabaseLocked();
  }

  findPermission(userId: number, tunnelId: number): PermissionRow | undefined {
    return this.permissions.of(userId).find((row) => row.tunnelId === tunnelId);
  }

  entryNodeIds(tunnel: TunnelRow | undefined): number[] {
    return (tunnel?.chain ?? []).filter((part) => part.chainType === 1).map((part) => part.nodeId);
  }

  configValue(name: string): string | undefined {
    return this.config.find((row) => row.name === name)?.value;
  }

  setConfig(name: string, value: string): void {
    const row = this.config.find((known) => known.name === name);
    if (row === undefined) this.config.insert({ name, value, time: this.now() });
    else {
      row.value = value;
      row.time = this.now();
    }
  }

  /** The place of a new row in the panel's order. Rows get ever higher places, so the newest one has the highest. */
  nextInx(newest: { readonly inx: number } | undefined): number {
    return newest === undefined ? 0 : newest.inx + 1;
  }

  /** Sends one command to a node and waits for it; returns null, or the text of the error (docs/panels/flvx.md, 6.3). */
  send(nodeId: number, type: string, data: unknown): string | null {
    const node = this.nodes.get(nodeId);
    if (node === undefined || !node.online) return '节点不在线';
    if (this.commands.length >= this.commandsKept) this.commands.splice(0, Math.ceil(this.commandsKept / 2));
    if (this.commandsKept > 0) this.commands.push({ nodeId, type, data: structuredClone(data) });
    if (node.silent) {
      this.wait(commandTimeoutMs);
      return '等待节点响应超时';
    }
    const error = node.findFailure(type) ?? node.agent.obey(type, data);
    this.wait(Math.min(node.delayMs, commandTimeoutMs));
    return node.delayMs >= commandTimeoutMs ? '等待节点响应超时' : error;
  }
}
