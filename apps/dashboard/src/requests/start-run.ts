import type { EndpointBody, GroupEndpoints } from '@sluice/contract/endpoints';
import { usageError } from '@sluice/panel-kind';
import type { MadeBy } from '../access/viewer.js';
import type { ApiCall } from './api-call.js';
import type { Task } from './task.js';

/** What a request may start. */
export type RunRequest = EndpointBody<GroupEndpoints<'poll'>['POST /runs']>;

/** Starts a run, which goes on when its client hangs up. */
export async function startRun(
  { sluice, tasks, as, viewer }: Pick<ApiCall, 'sluice' | 'tasks' | 'viewer'> & { as: MadeBy },
  { command, panel, service, agent, dryRun, due, allowMass }: RunRequest,
): Promise<Task> {
  const isOfAgents = command === 'agent check';
  const other = isOfAgents ? service : agent;
  if (other !== undefined)
    throw usageError(
      'bad_request',
      `"${command}" is not about ${isOfAgents ? 'a service' : 'an agent'}: leave "${other}" out`,
    );
  if (due === true && command !== 'poll')
    throw usageError('bad_request', `"${command}" reads all services: leave "due" out, or start a poll`);
  const request = { command, by: viewer.name, panel: panel ?? null, service: service ?? null };
  return tasks.start(request, ({ onProgress, signal }) => {
    if (isOfAgents) return sluice.agents.check({ ...as, panel, agent, dryRun, allowMass, signal });
    const options = { ...as, panel, service, allowMass, onProgress, signal };
    if (command === 'plan') return sluice.plan(options);
    return command === 'poll' ? sluice.poll({ ...options, dryRun, due }) : sluice.reconcile({ ...options, dryRun });
  });
}
