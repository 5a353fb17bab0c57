import type { Panel, Plan, RaiseRequest } from '@sluice/panel-kind';
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
  { service, product, observation }: Pick<Applied, 'service' | 'product' | 'observation'>,
  { before, after }: Record<'before' | 'after', Sold | null>,
): RaiseRequest | null {
  if (agents === undefined || observation === null) return null;
  const [fromBytes, toBytes] = [toSoldBytes(before), toSoldBytes(after)];
  if (fromBytes === undefined || fromBytes === null || toBytes === undefined) return null;
  return agents.toSoldRaise?.(observation, { service, product, fromBytes, toBytes }) ?? null;
}

/** What a service is sold: a lift is not. */
type Sold = Pick<Loaded<Stage>, 'mode'> & { allowance: Allowance | null };

/** Returns what a service is sold: null for no limit, as where one direction counts; undefined where nothing is sold, or it is not known. */
export function toSoldBytes(sold: Sold | null): number | null | undefined {
  if (sold?.allowance == null || sold.allowance.kind === 'unmanaged') return undefined;
  return sold.mode === 'TOTAL' && sold.allowance.kind === 'limited' ? sold.allowance.allowedBytes : null;
}
