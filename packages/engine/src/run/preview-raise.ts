import { previewRaise } from '../agents/budget.js';
import type { Applied, RunOnPanel } from './stages.js';
import { withError } from './stages.js';

/** Returns a previewed service with the error that its run would end with where the budget of its agent is too small. */
export async function withRefusedRaise(
  { session, panel }: Pick<RunOnPanel, 'session' | 'panel'>,
  work: Applied,
): Promise<Applied> {
  const { agents, name } = panel;
  const raises = work.plan?.steps.find((step) => step.raises !== undefined)?.raises;
  if (agents === undefined || raises === undefined || work.error !== null) return work;
  return withError(work, await previewRaise({ session, name, agents }, raises));
}
