import type { Plan, RaiseRequest } from '@sluice/panel-kind';
import type { Applied, RunOnPanel } from './stages.js';
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
