import type { FlvxAccountTarget, FlvxStep } from '../account/index.js';
import type { FlvxNode, FlvxQuotaValues } from '../index.js';
import type { Step } from '@sluice/panel-kind';
import type { FlvxState } from './flvx-state.js';
import { isoOf } from './flvx-account.js';
import type { FlvxContext } from './flvx-context.js';
import { isExpired, stopsPermission, stopsUser, type Ruled } from './flvx-rules.js';

/** What a step repairs, in words; null for one that a hold begins or ends with. */
export function driftOf(step: FlvxStep, journaled: Pick<Step, 'ends' | 'payload'>): string | null {
  const { begins } = journaled.payload as { begins: unknown[] };
  if (begins.length > 0 || journaled.ends.length > 0) return null;
  switch (step.type) {
    case 'create-user':
      return `account ${step.target} is missing`;
    case 'update-user':
      return changesOf(`user ${step.target}`, step.prior.user, step.payload.changes);
    case 'assign-tunnel':
      if (step.prior === null) return `the permission for tunnel ${step.target} is missing`;
      return changesOf(`the permission for tunnel ${step.target}`, step.prior, {
        ...step.payload.values,
        ...(step.payload.speedName === null ? {} : { speed: step.payload.speedName }),
      });
    case 'pause-forward':
      if (step.payload.purpose !== undefined) return null;
      return step.prior.status === 1
        ? `forward ${step.target} (${step.prior.name}) runs and should be paused`
        : `forward ${step.target} (${step.prior.name}) is shown as paused and may run`;
    case 'redeploy-forwards':
      // After a change of speed in the same plan, that one says it.
      if (step.needs.length > 0) return null;
      return `the speed of tunnel ${step.target} is not in force on its nodes: forward ${step.payload.forwardIds.join(', ')} is to be pushed again`;
    case 'resume-forward':
      if (step.needs.includes(`pause-forward:${step.target}`)) return null;
      return `forward ${step.target} (${step.prior.name}) was paused by the panel and should run`;
    case 'redirect-forward':
    case 'restore-forward':
      return `forward ${step.target} (${step.prior.name}) points to another address than it should`;
    case 'remove-tunnel':
      return `the permission for tunnel ${step.target} is left from an earlier product`;
    case 'create-speed-limit':
      return `speed limit ${step.target} is missing`;
    case 'delete-speed-limit':
      return `speed limit ${step.target} (${step.prior.name}) is not needed any more`;
    default:
      return null;
  }
}

/** Which nodes did not take the speed of which forwards. */
export function notInForce(step: FlvxStep, { observed, nodes }: Pick<FlvxState, 'observed' | 'nodes'>): string {
  const ids = step.type === 'redeploy-forwards' ? step.payload.forwardIds : [];
  const tunnel = observed.tunnels.find((row) => String(row.id) === step.target);
  const entries = (tunnel?.entryNodes ?? []).map(({ nodeId }) => {
    const node = nodes?.find((row) => row.id === nodeId);
    return node === undefined ? `node ${nodeId}` : `${node.name}, ${node.online ? 'online' : 'offline'}`;
  });
  const forwards = observed.forwards.filter((row) => ids.includes(row.id)).map((row) => `${row.id} (${row.name})`);
  return (
    `tunnel ${step.target} (${entries.join('; ')}): a node did not take the speed of forward ${forwards.join(', ')}: ` +
    'it is shown on the panel and not in force there; a run that finds the node back mends it'
  );
}

/** How many nodes are there, and what they tell of the version: the panel itself tells none. */
export function nodesIn(nodes: readonly FlvxNode[]): string {
  const online = nodes.filter((node) => node.online);
  const versions = [...new Set(nodes.flatMap(({ version }) => version ?? []))].sort();
  const agents = versions.length === 0 ? '' : `, node agents of version ${versions.join(', ')}`;
  return `${online.length} of ${nodes.length} nodes online${agents}`;
}

/** What others have closed, and what nothing therefore opens: named, and left to them. */
export function closedByOthers(
  { user, permissions }: Pick<FlvxContext, 'user' | 'permissions'>,
  target: FlvxAccountTarget,
): string[] {
  const lines: string[] = [];
  const note = (what: string): unknown => lines.push(`${what} is closed, and not by Sluice: it stays so`);
  if (user.status !== 1 && target.user?.status === undefined) note(`user ${user.id}`);
  for (const row of permissions) {
    const wanted = target.permissions.get(row.tunnelId);
    const left = wanted?.values.status === undefined && wanted?.remove !== true;
    if (row.status !== 1 && left) note(`the permission for tunnel ${row.tunnelId}`);
  }
  return lines;
}

/** By what of its own rules the panel stops the account or a part of it, with what is about to be written. */
export function stoppedBy(
  { user, permissions, observed }: Pick<FlvxContext, 'user' | 'permissions' | 'observed'>,
  target: FlvxAccountTarget,
): string[] {
  const { at } = observed;
  const zeroed = target.reset === null ? {} : { inBytes: 0, outBytes: 0 };
  const rows: [string, Ruled, (row: Ruled, now: number) => boolean][] = [
    [`user ${user.id}`, { ...user, ...given(target.user), ...zeroed }, stopsUser],
    ...permissions
      .filter((row) => target.permissions.get(row.tunnelId)?.remove !== true)
      .map((row): [string, Ruled, typeof stopsPermission] => [
        `the permission for tunnel ${row.tunnelId}`,
        { ...row, ...given(target.user), ...given(target.permissions.get(row.tunnelId)?.values), ...zeroed },
        stopsPermission,
      ]),
  ];
  return rows.flatMap(([what, row, stops]) => {
    // What is closed is named as such.
    if (!stops({ ...row, status: 1 }, at)) return [];
    return isExpired(row, at)
      ? `${what} has expired on ${isoOf(row.expiresAt) ?? 'no day'}`
      : `${what} has used up its quota of ${row.quota} GB on the panel`;
  });
}

/** Quota and expiry, where they are given: the panel copies a user's to his permissions. */
function given(values: Partial<FlvxQuotaValues> | null | undefined): Partial<Pick<Ruled, 'quota' | 'expiresAt'>> {
  const { quota, expiresAt } = values ?? {};
  return { ...(quota === undefined ? {} : { quota }), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function changesOf(what: string, prior: object, changes: object): string | null {
  const before = prior as Record<string, unknown>;
  const words = Object.entries(changes).map(
    ([name, value]) => `${NAMES[name] ?? name} ${shown(name, before[name])} should be ${shown(name, value)}`,
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

function shown(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (name === 'expiresAt') return isoOf(Number(value)) ?? JSON.stringify(value);
  return name === 'quota' ? `${JSON.stringify(value)} GB` : JSON.stringify(value);
}
