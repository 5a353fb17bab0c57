import type { Observation, Panel, TargetState } from '@sluice/panel-kind';
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
  const plan = panel.plan({ ...target, holds: [], allowance: LIFTED, command: null }, observation);
  const { problems, stops = [], notices = [] } = plan;
  return problems.length > 0 ? null : [...stops, ...notices.filter(saysStopped).map(({ message }) => message)];
}
