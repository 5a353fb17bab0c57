import type { FlvxAccountTarget, FlvxNode, FlvxStep } from '@sluice/flvx-client';
import type { Step } from '../panel.js';
import { isoOf } from './flvx-account.js';
import type { FlvxContext } from './flvx-context.js';

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
      return step.prior.status === 1
        ? `forward ${step.target} (${step.prior.name}) runs and should be paused`
        : `forward ${step.target} (${step.prior.name}) is shown as paused and may run`;
    case 'resume-forward':
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
