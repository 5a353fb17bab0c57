import { Normaliser } from './normalise.js';
import { noSuchId } from './step.js';
import type { Kind, ReplaySymbols } from './symbols.js';
import type { NodeCommand, ReplayTarget } from './target.js';

type Row = Readonly<Record<string, unknown>> & { readonly id: number; readonly name?: string };
type Rows = readonly Row[];

interface Read {
  readonly users: Rows;
  readonly nodes: Rows;
  readonly tunnels: Rows;
  readonly limits: Rows;
  readonly forwards: Rows;
  readonly userGroups: Rows;
  readonly tunnelGroups: Rows;
  readonly rights: Rows;
  readonly permissions: Rows;
  readonly secrets: Rows;
}

async function readLists(target: ReplayTarget, token: string): Promise<Read> {
  const list = async (path: string): Promise<Rows> => (await target.read(path, {}, token)) as Rows;
  const backup = (await target.read(
    'backup/export',
    { types: ['userTunnels', 'permissions', 'nodes'] },
    token,
  )) as Readonly<Record<string, Rows | undefined>>;
  return {
    users: await list('user/list'),
    nodes: await list('node/check-status'),
    tunnels: await list('tunnel/list'),
    limits: await list('speed-limit/list'),
    forwards: await list('forward/list'),
    userGroups: await list('group/user/list'),
    tunnelGroups: await list('group/tunnel/list'),
    rights: backup.permissions ?? [],
    permissions: backup.userTunnels ?? [],
    secrets: backup.nodes ?? [],
  };
}

function learn(read: Read, symbols: ReplaySymbols): void {
  const named: readonly [Kind, Rows][] = [
    ['user', read.users],
    ['node', read.nodes],
    ['tunnel', read.tunnels],
    ['limit', read.limits],
    ['forward', read.forwards],
    ['userGroup', read.userGroups],
    ['tunnelGroup', read.tunnelGroups],
  ];
  for (const [kind, rows] of named) for (const row of rows) symbols.learnByName(kind, row.id, row.name ?? '');
  for (const row of read.permissions) {
    const userId = Number(row.userId);
    const user = userId === noSuchId ? 'unknown' : symbols.findName('user', userId);
    const tunnelId = Number(row.tunnelId);
    const tunnel = tunnelId === noSuchId ? 'unknown' : symbols.findName('tunnel', tunnelId);
    if (user !== undefined && tunnel !== undefined) symbols.learn('permission', row.id, `${user}@${tunnel}`);
  }
  for (const row of read.rights) {
    const users = symbols.findName('userGroup', Number(row.userGroupId));
    const tunnels = symbols.findName('tunnelGroup', Number(row.tunnelGroupId));
    if (users !== undefined && tunnels !== undefined) symbols.learn('right', row.id, `${users}@${tunnels}`);
  }
  for (const row of read.secrets) {
    const name = symbols.findName('node', row.id);
    if (name !== undefined) symbols.learnText(`secret:${name}`, String(row.secret));
  }
}

function byName(rows: Rows, kind: Kind, symbols: ReplaySymbols, normaliser: Normaliser): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const row of rows) {
    const name = symbols.findName(kind, row.id);
    if (name === undefined) continue;
    // Whether a row was ever changed is told by its two stamps; the stamps themselves differ from run to run.
    const touched = 'updatedTime' in row ? { touched: row.updatedTime !== row.createdTime } : {};
    const { id: _id, createdTime: _created, updatedTime: _updated, inx: _inx, ...rest } = row;
    out[name] = { ...(normaliser.value(rest, null) as object), ...touched };
  }
  return out;
}

/** What a command names, without what is the same in all of them. */
export function commandText(command: NodeCommand, symbols: ReplaySymbols): string {
  const { node, type, data } = command;
  const services = Array.isArray(data)
    ? (data as { name: string; addr: string; limiter?: string; forwarder?: { nodes?: { addr: string }[] } }[]).map(
        ({ name, addr, limiter, forwarder }) =>
          `${name} ${addr} -> ${(forwarder?.nodes ?? []).map((target) => target.addr).join(',')}` +
          (limiter === undefined ? '' : ` limit ${limitName(limiter, symbols)}`),
      )
    : [];
  const single = Array.isArray(data) ? {} : (data as { services?: string[]; name?: string; limiter?: string });
  const limit = single.name ?? single.limiter;
  const limits = Array.isArray(data) ? [] : ((data as { limits?: string[] }).limits ?? []);
  const parts = [
    ...services,
    ...(single.services ?? []),
    ...(limit === undefined ? [] : [limitName(limit, symbols)]),
    ...limits,
  ];
  return symbols.plain(`${node}: ${type} ${parts.join('; ')}`);
}

function limitName(id: string, symbols: ReplaySymbols): string {
  return symbols.findName('limit', Number(id)) ?? 'another limit';
}

/** Everything of the run that the panel and its nodes hold, comparable between runs; also learns the ids of what is new. */
export async function readView(target: ReplayTarget, token: string, symbols: ReplaySymbols): Promise<unknown> {
  const read = await readLists(target, token);
  learn(read, symbols);
  const normaliser = new Normaliser(symbols, Date.now());
  const rows = (kind: Kind, list: Rows) => byName(list, kind, symbols, normaliser);
  const agents: Record<string, unknown> = {};
  for (const node of read.nodes) {
    const name = symbols.findName('node', node.id);
    const agent = name === undefined ? undefined : target.findAgent(name);
    if (name === undefined || agent === undefined) continue;
    agents[name] = {
      services: Object.fromEntries(
        [...agent.services].map(([service, { paused, addr, targets, limiter }]) => [
          symbols.plain(service),
          `${paused ? 'paused' : 'running'} ${addr} -> ${targets.join(',')}` +
            (limiter === null ? '' : ` limit ${limitName(limiter, symbols)}`),
        ]),
      ),
      limits: Object.fromEntries([...agent.limiters].map(([id, text]) => [limitName(id, symbols), text])),
    };
  }
  return {
    users: rows('user', read.users),
    permissions: rows('permission', read.permissions),
    tunnels: rows('tunnel', read.tunnels),
    limits: rows('limit', read.limits),
    forwards: rows('forward', read.forwards),
    userGroups: rows('userGroup', read.userGroups),
    tunnelGroups: rows('tunnelGroup', read.tunnelGroups),
    rights: rows('right', read.rights),
    nodes: rows('node', read.nodes),
    agents,
  };
}
