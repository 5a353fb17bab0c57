import type { Did, Subscriber } from '@sluice/quota-core/telephony';
import { LineRefusal } from './refusal.js';
import { giveUpStep, type LinePlan, type LineStep, stateStep } from './step.js';
import { type LineSystem, need } from './system.js';

/** A line with the numbers that are linked to it. */
export interface LineState {
  /** Null where the system has no such line. */
  line: Subscriber | null;
  dids: readonly Did[];
}

/**
 * Plans a suspension: with `withDids` the active numbers first.
 *
 * @throws LineRefusal `not_found`, `conflict` for a terminated line, `unsupported`
 */
export function planSuspend(system: LineSystem, { line, dids }: LineState, withDids = false): LinePlan {
  const present = requireLive(line);
  const numbers = withDids ? dids.filter(({ status }) => status === 'active') : [];
  return plan(system, [
    ...numbers.map(({ id }) => stateStep('suspend-did', id)),
    ...(present.status === 'active' ? [stateStep('suspend-subscriber', present.id)] : []),
  ]);
}

/**
 * Plans the end of a suspension: the line first, then those numbers that our suspension suspended, and no other.
 *
 * @throws LineRefusal `not_found`, `conflict` for a terminated line, `unsupported`
 */
export function planUnsuspend(system: LineSystem, { line, dids }: LineState, ownDidIds: readonly string[]): LinePlan {
  const present = requireLive(line);
  const numbers = dids.filter(({ id, status }) => status === 'suspended' && ownDidIds.includes(id));
  return plan(system, [
    ...(present.status === 'suspended' ? [stateStep('unsuspend-subscriber', present.id)] : []),
    ...numbers.map(({ id }) => stateStep('unsuspend-did', id)),
  ]);
}

/**
 * Plans the end of a line: its numbers are released first. A line that is gone is done when it is known to have existed. A number
 * that goes back to the pool of the system keeps its state, so that one that our suspension suspended is made active before.
 *
 * @throws LineRefusal `not_found` for a line that nobody knows, `unsupported`
 */
export function planTerminate(
  system: LineSystem,
  { line, dids }: LineState,
  knownBefore = false,
  ownDidIds: readonly string[] = [],
): LinePlan {
  if (line === null && !knownBefore) throw new LineRefusal('not_found', 'the system has no such line');
  const linked = dids.filter(({ status, subscriberId }) => subscriberId !== null && status !== 'terminated');
  const gone = line === null || line.status === 'terminated';
  const release = (did: Did): LineStep[] => planRelease(system, did, ownDidIds.includes(did.id)).steps;
  return plan(system, [...linked.flatMap(release), ...(gone ? [] : [stateStep('terminate-subscriber', line.id)])]);
}

/**
 * Plans the release of one number; `isOurs`: our suspension suspended it.
 *
 * @throws LineRefusal `unsupported`
 */
export function planRelease(system: LineSystem, did: Did, isOurs: boolean): LinePlan {
  return plan(system, [...restore(system, did, isOurs), ...reserve(did), giveUpStep('terminate-did', did)]);
}

/** Returns the step that makes a number active before it goes back to a pool, where our suspension suspended it. */
export function restore(system: LineSystem, { id, status }: Did, isOurs: boolean): LineStep[] {
  return system.poolsDids && status === 'suspended' && isOurs ? [stateStep('unsuspend-did', id)] : [];
}

/**
 * Returns the step without which a system ignores the release of a number: one whose line was set by hand is not reserved there. Empty
 * where none is needed.
 */
export function reserve(did: Did): LineStep[] {
  if (did.extra['reserved'] !== '0' || did.subscriberId === null) return [];
  const payload = { id: did.id, changes: { extra: { reserved: '1' } }, prior: { extra: { reserved: '0' } } };
  return [{ type: 'update-did', target: did.id, payload }];
}

/** Whether a number that was read back is released: one that went back to the pool is, even if it is suspended there. */
export function isReleased({ status, subscriberId }: Readonly<Record<'status' | 'subscriberId', unknown>>): boolean {
  return status === 'terminated' || (subscriberId === null && status !== 'active');
}

function requireLive(line: Subscriber | null): Subscriber {
  if (line === null) throw new LineRefusal('not_found', 'the system has no such line');
  if (line.status === 'terminated') {
    throw new LineRefusal('conflict', 'the line is terminated and never comes back', [line.id]);
  }
  return line;
}

/** Every step is checked before the first is performed. */
function plan(system: LineSystem, steps: LineStep[]): LinePlan {
  for (const { type } of steps) {
    const [operation = '', object] = type.split('-');
    need(system, object === 'did' ? 'dids' : 'subscribers', operation as 'suspend');
  }
  return { steps, warnings: [] };
}
