import { badBody, type FlvxCall, post } from './call.js';
import { plainJson } from './envelope.js';
import type { FlvxWorld } from './world.js';

/** A row without the keys that the panel leaves out when they are empty. */
function lean(row: Readonly<Record<string, unknown>>, ...optional: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).filter(([key, value]) => {
      const empty = value === null || value === 0 || value === '' || (Array.isArray(value) && value.length === 0);
      return !(empty && optional.includes(key));
    }),
  );
}

const sorted = (members: Set<number> | undefined): number[] => [...(members ?? [])].sort((a, b) => a - b);

const exports: Readonly<Record<string, (world: FlvxWorld) => readonly unknown[]>> = {
  users: (world) => world.users.all().map((row) => lean({ ...row }, 'updatedTime')),
  nodes: (world) =>
    [...world.nodes.values()].map((node) =>
      lean(
        {
          id: node.id,
          name: node.name,
          secret: node.secret,
          serverIp: node.serverIp,
          port: node.portRange,
          version: node.version,
          http: 0,
          tls: 0,
          socks: 0,
          createdTime: node.createdTime,
          updatedTime: node.changedTime,
          status: node.status,
          tcpListenAddr: '[::]',
          udpListenAddr: '[::]',
          inx: node.inx,
          isRemote: 0,
        },
        'version',
      ),
    ),
  tunnels: (world) =>
    world.tunnels.all().map(({ chain, ...row }) => {
      const chainTunnels = chain.map((part, at) =>
        lean({ id: row.id * 100 + at, tunnelId: row.id, ...part, chainType: String(part.chainType) }, 'inx'),
      );
      return lean({ ...row, protocol: 'tls', chainTunnels }, 'inIp', 'ipPreference', 'chainTunnels');
    }),
  forwards: (world) => world.forwards.all().map(({ ports, ...row }) => ({ ...row, forwardPorts: ports })),
  userTunnels: (world) => world.permissions.all().map((row) => lean({ ...row }, 'speedId')),
  speedLimits: (world) => world.limits.all().map((row) => lean({ ...row }, 'updatedTime')),
  tunnelGroups: (world) =>
    world.tunnelGroups
      .all()
      .map((row) => lean({ ...row, tunnels: sorted(world.tunnelsOfGroup.get(row.id)) }, 'tunnels')),
  userGroups: (world) =>
    world.userGroups.all().map((row) => lean({ ...row, users: sorted(world.usersOfGroup.get(row.id)) }, 'users')),
  permissions: (world) =>
    world.groupPermissions.all().map((row) => {
      const grants = world.grants
        .all()
        .filter((grant) => grant.userGroupId === row.userGroupId && grant.tunnelGroupId === row.tunnelGroupId)
        .sort((a, b) => a.userTunnelId - b.userTunnelId);
      return lean({ ...row, createdByGroup: 0, grants }, 'grants');
    }),
};

/**
 * backup/export: the one read of a permission's true status (docs/panels/flvx.md, 8.2). Not enveloped; empty lists are absent keys;
 * no types means everything.
 */
export const exportBackup = post((call: FlvxCall) => {
  const body = call.strict({ types: 'texts' });
  if (typeof body === 'string') return call.fail(badBody, 500);
  const { world } = call;
  const wanted = (type: string): boolean => body.types.length === 0 || body.types.includes(type);
  const backup: Record<string, unknown> = { version: '1.0', exportedAt: world.now() };
  for (const [type, rows] of Object.entries(exports)) {
    const found = wanted(type) ? rows(world) : [];
    if (found.length > 0) backup[type] = found;
  }
  if (wanted('configs') && world.config.size > 0) {
    backup.configs = Object.fromEntries(world.config.all().map((row) => [row.name, row.value]));
  }
  return plainJson(backup, {
    'content-type': 'application/json',
    'content-disposition': 'attachment; filename=backup.json',
  });
});
