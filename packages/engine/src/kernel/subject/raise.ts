import type { Observation, Panel, Plan, RaiseRequest } from '@sluice/panel-kind';
import type { Allowance } from '@sluice/quota-core';
import type { Applied, Loaded, RunOnPanel, Stage } from './stages.js';
import { withError } from './to-stage.js';

/** Returns what the steps of a planned service need of the budget of its agent; null where they need nothing. */
export function findRaise({ plan }: { readonly plan: Pick<Plan, 'steps'> | null }): RaiseRequest | null {
  return plan?.steps.find((step) => step.raises !== undefined)?.raises ?? null;
}

/** Returns a previewed service with the error that its run would end with where the budget of its agent is too small. */
export async function withRefusedRaise(
  { context, panel }: Pick<RunOnPanel, 'context' | 'panel'>,
  work: Applied,
): Promise<Applied> {
  const { agents, name } = panel;
  const raises = findRaise(work);
  if (agents === undefined || raises === null || work.error !== null) return work;
  return withError(work, await context.ports.previewRaise(context, { name, agents }, raises));
}

/**
 * Returns what more that is sold to a service needs of the budget of its agent while its limit is lifted: the panel shows no change
 * then, so that no step needs anything. Null where it needs nothing.
 */
export function findSoldRaise(
  { agents }: Pick<Panel, 'agents'>,
  observation: Observation | null,
  { mode, before, after }: Pick<Loaded<Stage>, 'mode'> & Record<'before' | 'after', Allowance | null>,
): RaiseRequest | null {
  // Where one direction counts, the panel has no limit, with a lift or without.
  if (agents === undefined || observation === null || mode !== 'TOTAL') return null;
  if (before?.kind !== 'limited' || after?.kind !== 'limited') return null;
  return agents.toSoldRaise(observation, { fromBytes: before.allowedBytes, toBytes: after.allowedBytes });
}
