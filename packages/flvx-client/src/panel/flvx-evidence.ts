import type { EvidenceRecord } from '@sluice/quota-core';
import type { Plan, Step } from '@sluice/panel-kind';
import type { FlvxContext } from './flvx-context.js';
import { isAway } from './flvx-redirect.js';
import { isThrottled } from './flvx-speed.js';
import { EVIDENCE, permissionKey, ranBefore } from './flvx-state.js';

/** How a piece of evidence stands: the steps give it back, or it has ended without them. */
type Standing = 'undone' | 'dropped' | null;

/**
 * Pure: evidence that no hold needs any more and that is already as it was, and evidence that another hold takes over.
 * What somebody else has given back meanwhile is dropped: it is not ours to undo.
 */
export function settleEvidence(context: FlvxContext, steps: readonly Step[]): Pick<Plan, 'settle' | 'moves'> {
  const settle: Plan['settle'] = [];
  const moves: Plan['moves'] = [];
  const ending = new Set(steps.flatMap((step) => step.ends));
  for (const item of context.desired.evidence) {
    const holds = context.wants.byKind[item.kind];
    if (holds === undefined) continue;
    const [first] = holds;
    const gone = goneFor(context, item);
    if (gone) settle.push({ evidence: item.id, outcome: 'dropped' });
    else if (first === undefined) {
      const outcome = ending.has(item.id) ? null : standing(context, item);
      if (outcome !== null) settle.push({ evidence: item.id, outcome });
    } else if (!holds.some((hold) => hold.id === item.hold)) moves.push({ evidence: item.id, hold: first.id });
  }
  return { settle, moves };
}

/** Is what it is about no longer there? */
function goneFor({ forwards, permissions, user }: FlvxContext, { kind, target }: EvidenceRecord): boolean {
  if (kind === EVIDENCE.user) return target !== String(user.id);
  if (kind === EVIDENCE.forward || kind === EVIDENCE.redirect)
    return !forwards.some((row) => String(row.id) === target);
  return !permissions.some((row) => permissionKey(user.id, row.tunnelId) === target);
}

function standing(context: FlvxContext, item: EvidenceRecord): Standing {
  const { user, permissions, forwards } = context;
  const permission = permissions.find((row) => permissionKey(user.id, row.tunnelId) === item.target);
  const forward = forwards.find((row) => String(row.id) === item.target);
  switch (item.kind) {
    case EVIDENCE.user:
      return user.status === 1 ? 'dropped' : null;
    case EVIDENCE.permission:
      return permission?.status === 1 || context.dropped.includes(permission?.tunnelId ?? 0) ? 'dropped' : null;
    case EVIDENCE.forward:
      if (forward?.status === 1) return 'dropped';
      return ranBefore(item) ? null : 'undone';
    case EVIDENCE.redirect:
      return forward !== undefined && isAway(context, forward) ? null : 'dropped';
    default:
      return permission && isThrottled(context, permission) ? null : 'dropped';
  }
}
