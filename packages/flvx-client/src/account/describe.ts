import type { FlvxObservation } from '../client/observation.js';
import { type FlvxNode, type FlvxPermission, type FlvxTunnel, type FlvxUser, toIso } from '../client/records.js';
import type { FlvxStep } from './plan/step.js';
import type { FlvxAccountTarget } from './plan/target.js';
import { isExpired, pickLimits, stopsPermission, stopsUser, type RuledRow } from './rules.js';

/** A user and its own permissions. */
interface OwnRows {
  user: FlvxUser;
  permissions: readonly FlvxPermission[];
}

/** Describes the drift that a step repairs; null for a step that only accompanies another. */
export function describeStep(step: FlvxStep): string | null {
  switch (step.type) {
    case 'create-user':
      return `account ${step.target} is missing`;
    case 'update-user':
      return describeChanges(`user ${step.target}`, step.prior.user, step.payload.changes);
    case 'assign-tunnel':
      if (step.prior === null) return `the permission for tunnel ${step.target} is missing`;
      return describeChanges(`the permission for tunnel ${step.target}`, step.prior, {
        ...step.payload.values,
        ...(step.payload.speedName === null ? {} : { speed: step.payload.speedName }),
      });
    case 'pause-forward':
      if (step.payload.purpose !== undefined) return null;
      return step.prior.status === 1
        ? `forward ${step.target} (${step.prior.name}) runs and should be paused`
        : `forward ${step.target} (${step.prior.name}) is shown as paused but may be running`;
    case 'redeploy-forwards':
      // A change of speed in the same plan is described by its own step.
      if (step.needs.length > 0) return null;
      return `the speed of tunnel ${step.target} is not in force on its nodes; forwards to redeploy: ${step.payload.forwardIds.join(', ')}`;
    case 'resume-forward':
      if (step.needs.includes(`pause-forward:${step.target}`)) return null;
      return `forward ${step.target} (${step.prior.name}) was paused by the panel and should run`;
    case 'redirect-forward':
    case 'restore-forward':
      return `forward ${step.target} (${step.prior.name}) points to the wrong address`;
    case 'remove-tunnel':
      return `the permission for tunnel ${step.target} belongs to an earlier product`;
    case 'create-speed-limit':
      return `speed limit ${step.target} is missing`;
    case 'delete-speed-limit':
      return `speed limit ${step.target} (${step.prior.name}) is no longer needed`;
    default:
      return null;
  }
}

/** Describes which nodes did not accept the speed of which forwards. */
export function describeNotInForce(
  step: FlvxStep,
  observed: Pick<FlvxObservation, 'tunnels' | 'forwards'>,
  nodes: readonly FlvxNode[] | null,
): string {
  const ids = step.type === 'redeploy-forwards' ? step.payload.forwardIds : [];
  const tunnel = observed.tunnels.find((row) => String(row.id) === step.target);
  const entries = (tunnel?.entryNodes ?? []).map(({ nodeId }) => {
    const node = nodes?.find((row) => row.id === nodeId);
    return node === undefined ? `node ${nodeId}` : `${node.name}, ${node.online ? 'online' : 'offline'}`;
  });
  const forwards = observed.forwards.filter((row) => ids.includes(row.id)).map((row) => `${row.id} (${row.name})`);
  return (
    `tunnel ${step.target} (${entries.join('; ')}): a node did not accept the speed of forward ${forwards.join(', ')}. ` +
    'The panel shows the speed, but it is not in force there. The next run repeats the change when the node is online again.'
  );
}

/** Returns the names of a tunnel's nodes, from the entry to the exit. */
export function nodeNames(tunnel: FlvxTunnel, nodes: readonly FlvxNode[]): string[] {
  const parts = [...tunnel.entryNodes, ...tunnel.chainNodes.flat(), ...tunnel.exitNodes];
  const names = parts.map(({ nodeId }) => nodes.find((node) => node.id === nodeId)?.name ?? `node ${nodeId}`);
  return [...new Set(names)];
}

/** Describes how many nodes are online, and their agents' versions; the panel reports no version of its own. */
export function describeNodes(nodes: readonly FlvxNode[]): string {
  const online = nodes.filter((node) => node.online);
  const versions = [...new Set(nodes.flatMap(({ version }) => version ?? []))].sort();
  const agents = versions.length === 0 ? '' : `, node agents of version ${versions.join(', ')}`;
  return `${online.length} of ${nodes.length} nodes online${agents}`;
}

/** What stops an account, or the tunnel of one of its permissions. */
export interface AccountStop {
  /** Null for all of the account. */
  tunnelId: number | null;
  text: string;
}

function toStop({ user }: Pick<OwnRows, 'user'>, tunnelId: number | null, why: string): AccountStop {
  const what = tunnelId === null ? `user ${user.id}` : `the permission for tunnel ${tunnelId}`;
  return { tunnelId, text: `${what} ${why}` };
}

/** Lists what others have closed, which stays closed. */
export function listClosed({ user, permissions }: OwnRows, target: FlvxAccountTarget): AccountStop[] {
  const closed: (number | null)[] = user.status !== 1 && target.user?.status === undefined ? [null] : [];
  for (const row of permissions) {
    const { values, remove } = target.permissions.get(row.tunnelId) ?? {};
    const stays = values?.status === undefined && remove !== true;
    if (row.status !== 1 && stays) closed.push(row.tunnelId);
  }
  return closed.map((tunnelId) => toStop({ user }, tunnelId, 'is disabled, but not by Sluice: it stays disabled'));
}

/** Lists by which of its own rules the panel stops the account or a part of it in its target state. */
export function listStops({ user, permissions }: OwnRows, target: FlvxAccountTarget, at: number): AccountStop[] {
  const zeroed = target.reset == null ? {} : { inBytes: 0, outBytes: 0 };
  const rows: [number | null, RuledRow, (row: RuledRow, now: number) => boolean][] = [
    [null, { ...user, ...pickLimits(target.user), ...zeroed }, stopsUser],
    ...permissions
      .filter((row) => target.permissions.get(row.tunnelId)?.remove !== true)
      .map((row): [number, RuledRow, typeof stopsPermission] => [
        row.tunnelId,
        { ...row, ...pickLimits(target.user), ...pickLimits(target.permissions.get(row.tunnelId)?.values), ...zeroed },
        stopsPermission,
      ]),
  ];
  return rows.flatMap(([tunnelId, row, stops]) => {
    // Closed rows are listed by `listClosed`.
    if (!stops({ ...row, status: 1 }, at)) return [];
    const why = isExpired(row, at)
      ? `expired on ${toIso(row.expiresAt) ?? 'an unknown date'}`
      : `has used up its quota of ${row.quota} GB on the panel`;
    return toStop({ user }, tunnelId, why);
  });
}

/** Whether these stop a part of an account only: neither its user nor all its permissions. */
export function stopsPart({ permissions }: Pick<OwnRows, 'permissions'>, stops: readonly AccountStop[]): boolean {
  const stopped = new Set(stops.map(({ tunnelId }) => tunnelId));
  const isWhole = stopped.has(null) || permissions.every(({ tunnelId }) => stopped.has(tunnelId));
  return stops.length > 0 && !isWhole;
}

function describeChanges(what: string, prior: object, changes: object): string | null {
  const before = prior as Record<string, unknown>;
  const words = Object.entries(changes).map(
    ([name, value]) =>
      `${NAMES[name] ?? name} ${describeValue(name, before[name])} should be ${describeValue(name, value)}`,
  );
  return words.length === 0 ? null : `${what}: ${words.join(', ')}`;
}

const NAMES: Readonly<Record<string, string>> = {
  expiresAt: 'expiry',
  maxForwards: 'number of forwards',
  resetDay: 'reset day',
  speedId: 'speed limit',
  speed: 'speed limit',
};

function describeValue(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (name === 'expiresAt') return toIso(Number(value)) ?? JSON.stringify(value);
  return name === 'quota' ? `${JSON.stringify(value)} GB` : JSON.stringify(value);
}
