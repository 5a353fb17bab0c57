import * as z from 'zod';
import type { ApiCall } from './api-call.js';
import { flag, optionalText } from '../schemas/common.js';
import type { Task } from './tasks.js';

const commands = z.enum(['poll', 'reconcile', 'plan', 'agent check']);
/** The body of a request that starts a run. */
export const runBody = {
  command: commands,
  panel: optionalText,
  service: optionalText.describe('poll, reconcile and plan'),
  agent: optionalText.describe('agent check'),
  dryRun: flag,
  allowMass: flag,
};

/** What a request may start. */
export type RunRequest = z.output<z.ZodObject<typeof runBody>>;

/** Starts a run, which goes on when its client hangs up. */
export function startRun(
  { sluice, tasks, as, viewer }: Pick<ApiCall, 'sluice' | 'tasks' | 'viewer'> & { as: { actor: string } },
  { command, panel, service, agent, dryRun, allowMass }: RunRequest,
): Task {
  const request = { command, by: viewer.name, panel: panel ?? null, service: service ?? null };
  return tasks.start(request, (onProgress) => {
    if (command === 'agent check') return sluice.agents.check({ ...as, panel, agent, dryRun, allowMass });
    const options = { ...as, panel, service, dryRun, allowMass, onProgress };
    return sluice[command](options);
  });
}
