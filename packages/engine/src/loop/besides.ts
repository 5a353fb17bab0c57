import {
  type ItemError,
  newPlan,
  type Observation,
  type Panel,
  type Plan,
  type TargetState,
  toItemError,
} from '@sluice/panel-kind';
import { saysStopped } from '../kernel/subject/to-stage.js';

/** An allowance that limits nothing for now. */
export const LIFTED: TargetState['allowance'] = { unlimited: true, allowedBytes: null, lifted: true };

/**
 * Returns what would still stop a held service if its holds ended, whatever it might use then: what others have stopped, as it was
 * observed. Null where that was not seen.
 */
export function listBesides(
  panel: Pick<Panel, 'plan'>,
  target: TargetState,
  observation: Observation,
): string[] | null {
  if (target.holds.length === 0 || observation.state === null) return null;
  const plan = planOrFail(panel, { ...target, holds: [], allowance: LIFTED, command: null }, observation);
  const { problems, stops = [], notices = [] } = plan;
  return problems.length > 0 ? null : [...stops, ...notices.filter(saysStopped).map(({ message }) => message)];
}

/** Plans a service. What one service shows must not keep the others from being decided: a fault of the adapter is its own problem. */
export function planOrFail(panel: Pick<Panel, 'plan'>, target: TargetState, observation: Observation): Plan {
  try {
    return panel.plan(target, observation);
  } catch (error) {
    return newPlan({ problems: [toFault(target.service, error)] });
  }
}

/** Returns the error of a service about which the adapter has failed. */
export function toFault({ id }: TargetState['service'], error: unknown): ItemError {
  const { code, message } = toItemError(error);
  return { code, message: `"${id}": ${message}` };
}
