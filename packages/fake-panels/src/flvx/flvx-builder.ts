import { addLimiter, pushForward } from './control.js';
import { applyGroupPermission } from './grants.js';
import type { FlvxPanel } from './panel.js';
import type { ChainRow, PermissionRow, TunnelRow, UserRow } from './rows.js';
import { insertNode } from './site.js';
import { entryAddresses } from './tunnels.js';
import { md5 } from './users.js';
import { type FlvxWorld, listMembers } from './world.js';

/** Values of a new user; quotas in GB of 2^30 bytes, counters in bytes, `expTime` in Unix milliseconds. */
export interface NewUser extends Partial<Omit<UserRow, 'id' | 'pwd' | 'roleId' | 'createdTime' | 'updatedTime'>> {
  readonly password?: string;
}

/** Values of a new permission; what is not given comes from the user. */
export type NewPermission = Partial<Omit<PermissionRow, 'id' | 'userId' | 'tunnelId'>>;

/** Values of a new tunnel. Entry nodes default to the first node, which is made when there is none; with exit nodes it is of type 2. */
export interface NewTunnel extends Partial<Pick<TunnelRow, 'name' | 'flow' | 'trafficRatio' | 'status' | 'inIp'>> {
  readonly entryNodes?: readonly number[];
  readonly exitNodes?: readonly number[];
}

/** Values of a new forward; the port defaults to one that is free. `paused` makes it paused on the nodes and in the panel. */
export interface NewForward {
  readonly name?: string;
  readonly remoteAddr?: string;
  readonly port?: number;
  readonly paused?: boolean;
}

const yearMs = 365 * 24 * 3_600_000;

/** Fills a fake panel without its API and checks; each method returns the id of the new row. */
export class FlvxBuilder {
  readonly #panel: FlvxPanel;
  #lastPort = 29_999;

  constructor(panel: FlvxPanel) {
    this.#panel = panel;
  }

  get #world(): FlvxWorld {
    return this.#panel.world;
  }

  /** A user with role 1. Defaults: `user-N` with the password `Password-N`, active, 100 GB, 10 forwards, one year, reset day 1. */
  addUser(values: NewUser = {}): number {
    return this.#insertUser(1, values);
  }

  /** An administrator, whom user/list does not show. */
  addAdmin(name: string, password: string): number {
    return this.#insertUser(0, { user: name, password, flow: 99_999, num: 99_999, expTime: 2_727_251_700_000 });
  }

  #insertUser(roleId: number, { password, ...values }: NewUser): number {
    const world = this.#world;
    const now = world.now();
    const n = world.users.size + 1;
    const row: Omit<UserRow, 'id'> = {
      user: `user-${n}`,
      status: 1,
      flow: 100,
      num: 10,
      expTime: now + yearMs,
      flowResetTime: 1,
      inFlow: 0,
      outFlow: 0,
      ...values,
      pwd: md5(password ?? `Password-${n}`),
      roleId,
      createdTime: now,
      updatedTime: now,
    };
    return world.users.insert(row).id;
  }

  /** A node that is online. */
  addNode(name?: string, values: { readonly serverIp?: string; readonly portRange?: string } = {}): number {
    const n = this.#world.lastNodeId + 1;
    const { serverIp = `203.0.113.${n}`, portRange = '20000-60000' } = values;
    const node = insertNode(this.#world, name ?? `node-${n}`, serverIp, portRange);
    Object.assign(node, { online: true, status: 1, version: '2.1.4' });
    return node.id;
  }

  addTunnel(values: NewTunnel = {}): number {
    const world = this.#world;
    const first = [...world.nodes.keys()][0];
    const { entryNodes = [first ?? this.addNode()], exitNodes = [], ...rest } = values;
    const part = (nodeId: number, chainType: 1 | 3): ChainRow => ({
      ...{ nodeId, chainType, inx: 0 },
      ...{ protocol: 'tls', strategy: 'round' },
    });
    const chain = [...entryNodes.map((id) => part(id, 1)), ...exitNodes.map((id) => part(id, 3))];
    const now = world.now();
    const row: Omit<TunnelRow, 'id'> = {
      inx: world.nextInx(world.tunnels.newest),
      name: `tunnel-${world.tunnels.size + 1}`,
      type: exitNodes.length > 0 ? 2 : 1,
      flow: 1,
      trafficRatio: 1,
      status: 1,
      createdTime: now,
      updatedTime: now,
      inIp: entryAddresses(world, chain),
      ipPreference: '',
      chain,
      ...rest,
    };
    return world.tunnels.insert(row).id;
  }

  addTunnelGroup(name: string, tunnelIds: readonly number[]): number {
    const world = this.#world;
    const { id } = world.tunnelGroups.insert({ name, status: 1, createdTime: world.now(), updatedTime: world.now() });
    for (const tunnelId of tunnelIds) listMembers(world.tunnelsOfGroup, id).add(tunnelId);
    return id;
  }

  addUserGroup(name: string, userIds: readonly number[]): number {
    const world = this.#world;
    const { id } = world.userGroups.insert({ name, status: 1, createdTime: world.now(), updatedTime: world.now() });
    for (const userId of userIds) listMembers(world.usersOfGroup, id).add(userId);
    return id;
  }

  /** Adds a user group's right to a tunnel group, with the resulting permissions. */
  addGroupPermission(userGroupId: number, tunnelGroupId: number): number {
    const world = this.#world;
    const { id } = world.groupPermissions.insert({ userGroupId, tunnelGroupId, createdTime: world.now() });
    applyGroupPermission(world, userGroupId, tunnelGroupId);
    return id;
  }

  /** A speed limit, known to the tunnel's entry nodes; `speed` in Mbit/s. */
  addSpeedLimit(tunnelId: number, speed: number, name = `limit-${speed}`): number {
    const world = this.#world;
    const tunnelName = world.tunnels.get(tunnelId)?.name ?? '';
    const stamp = { status: 1, createdTime: world.now(), updatedTime: world.now() };
    const { id } = world.limits.insert({ name, speed, tunnelId, tunnelName, ...stamp });
    for (const nodeId of world.entryNodeIds(world.tunnels.get(tunnelId))) addLimiter(world, nodeId, id, speed);
    return id;
  }

  /** A permission; throws when the user has one on the tunnel. */
  addPermission(userId: number, tunnelId: number, values: NewPermission = {}): number {
    const world = this.#world;
    const user = world.users.get(userId);
    if (world.findPermission(userId, tunnelId) !== undefined) {
      throw new Error(`User ${userId} has a permission on tunnel ${tunnelId}.`);
    }
    const row: Omit<PermissionRow, 'id'> = {
      userId,
      tunnelId,
      speedId: null,
      num: user?.num ?? 0,
      flow: user?.flow ?? 0,
      inFlow: 0,
      outFlow: 0,
      flowResetTime: user?.flowResetTime ?? 1,
      expTime: user?.expTime ?? world.now() + yearMs,
      status: 1,
      ...values,
    };
    return world.permissions.insert(row).id;
  }

  #nextPort(nodeIds: readonly number[]): number {
    const agents = nodeIds.map((id) => this.#world.nodes.get(id)?.agent);
    do this.#lastPort += 1;
    while (agents.some((agent) => agent?.hasServiceOn(`[::]:${this.#lastPort}`) === true));
    return this.#lastPort;
  }

  /** A forward of a user, pushed to the entry nodes of the tunnel. */
  addForward(userId: number, tunnelId: number, values: NewForward = {}): number {
    const world = this.#world;
    const nodeIds = world.entryNodeIds(world.tunnels.get(tunnelId));
    const port = values.port ?? this.#nextPort(nodeIds);
    const now = world.now();
    const forward = world.forwards.insert({
      userId,
      userName: world.users.get(userId)?.user ?? 'user',
      name: values.name ?? `forward-${world.forwards.size + 1}`,
      tunnelId,
      remoteAddr: values.remoteAddr ?? '198.51.100.20:443',
      strategy: 'fifo',
      inFlow: 0,
      outFlow: 0,
      createdTime: now,
      updatedTime: now,
      status: values.paused === true ? 0 : 1,
      inx: world.nextInx(world.forwards.newest),
      ports: nodeIds.map((nodeId) => ({ nodeId, port })),
    });
    pushForward(world, forward, 'AddService');
    if (values.paused === true) {
      for (const { nodeId } of forward.ports) {
        for (const [name, service] of world.nodes.get(nodeId)?.agent.services ?? []) {
          if (name.startsWith(`${forward.id}_`)) service.paused = true;
        }
      }
    }
    return forward.id;
  }
}
