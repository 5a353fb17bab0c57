import type { ItemError, Panel } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { Plannable } from '../../kernel/subject/stages.js';
import { toTargetState } from '../../loop/plan.js';

type Named = Pick<ServiceRecord, 'id' | 'panel'>;

/** Code of what a panel under `observe` keeps after a purchase: the restriction of a hold. */
export const UNDER_OBSERVE = 'under_observe';

/** Code of what a panel under `observe` keeps after a purchase: a limit of its own. */
export const LIMIT_NOT_RAISED = 'limit_not_raised';

/** What a customer buys never changes a panel under `observe`. */
export function underObserve({ id, panel }: Named): ItemError {
  const message = `panel "${panel}" is under observe for "${id}": the package counts, and nothing is changed there; release the service by name, or let runs do it again`;
  return { code: UNDER_OBSERVE, message };
}

/** Returns why a panel that stops a service at a limit of its own keeps it after a purchase under `observe`. */
export function limitNotRaised({ id, panel }: Named): ItemError {
  const message = `panel "${panel}" is under observe for "${id}": the package counts, and the panel keeps its own limit of before until runs change it again`;
  return { code: LIMIT_NOT_RAISED, message };
}

/**
 * Returns whether the limit that a panel has of its own is lower than what is allowed, also where it is not known: as it was observed,
 * otherwise as the last run saw it.
 */
export function isLimitTooLow(context: Context, panel: Panel, work: Plannable): boolean {
  const on = { context, panel, run: '', scope: 'command' as const, resources: new Map() };
  return panel.isTooLow?.(toTargetState(on, work), work.observation) !== false;
}
