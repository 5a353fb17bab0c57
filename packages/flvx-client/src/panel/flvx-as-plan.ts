import type { FlvxStep } from '../account/index.js';
import { BYTES_PER_GB } from '@sluice/quota-core';
import type { ItemError, Plan, Step } from '@sluice/panel-kind';
import type { FlvxContext } from './flvx-context.js';
import { journalStep } from './flvx-journal.js';
import { uncountedBytes } from './flvx-product.js';
import { usedOf } from './flvx-rules.js';
import { driftOf } from './flvx-words.js';

/** A plan in which nothing is to be done. */
export const EMPTY_PLAN: Plan = { steps: [], problems: [], settle: [], moves: [], drift: [] };

/** A plan that can't be made, and why. */
export function failing(problem: ItemError): Plan {
  return { ...EMPTY_PLAN, problems: [problem] };
}

/** The library's steps as the journal takes them. What waits for something that is yet to be made is left to a later round. */
export function asPlan(steps: readonly FlvxStep[], context: FlvxContext | null): Plan {
  const from = steps.findIndex((step) => !isReady(step));
  const journaled = steps.map((step, index): Step => {
    const plain = journalStep(step, context);
    return from >= 0 && index >= from ? { ...plain, later: true } : plain;
  });
  const drift = steps.map((step, index) => driftOf(step, journaled[index] as Step));
  return {
    ...EMPTY_PLAN,
    steps: journaled,
    drift: drift.filter((line) => line !== null),
    // What was made shows its id only at the next look.
    ...(from >= 0 || steps.some(makes) ? { again: true } : {}),
    ...(steps.some((step) => countsForBrake(step, context)) ? { counts: true } : {}),
  };
}

function isReady(step: FlvxStep): boolean {
  return step.type !== 'assign-tunnel' || (step.payload.userId !== null && step.payload.speedName === null);
}

function makes(step: FlvxStep): boolean {
  if (step.type === 'assign-tunnel') return step.prior === null;
  return ['create-user', 'create-speed-limit', 'delete-speed-limit', 'remove-tunnel'].includes(step.type);
}

/** Quota, speed or expiry falls, or an account is made or removed. */
function countsForBrake(step: FlvxStep, context: FlvxContext | null): boolean {
  if (step.type === 'create-user' || step.type === 'delete-user') return true;
  if (step.type === 'update-user') return falls(step.prior.user, step.payload.changes, context);
  if (step.type !== 'assign-tunnel' || step.prior === null) return false;
  const { values, speedName } = step.payload;
  return falls(step.prior, values, context) || speedName !== null || (values.speedId ?? null) !== null;
}

function falls(
  prior: { quota: number; expiresAt: number },
  changes: { quota?: number | undefined; expiresAt?: number | undefined },
  context: FlvxContext | null,
): boolean {
  const { quota = prior.quota, expiresAt = prior.expiresAt } = changes;
  return expiresAt < prior.expiresAt || (quota < prior.quota && allowanceFalls(prior.quota, quota, context));
}

/** A quota also falls with the panel's counter; then the customer keeps what he had. */
function allowanceFalls(before: number, quota: number, context: FlvxContext | null): boolean {
  if (context === null) return true;
  const { desired, last, user } = context;
  const moved = uncountedBytes(desired, usedOf(user)) - (last?.uncountedBytes ?? 0);
  return before - quota + moved / BYTES_PER_GB >= 1;
}
