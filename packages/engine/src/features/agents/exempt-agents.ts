import type { Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import type { Context } from '../../context/context.js';
import { listExemptProblems } from './exempt-problems.js';
import { listExemptEntries } from './meant-agents.js';
import { storedAgents } from './show-agents.js';

/** Checks that each entry of the config exempts the agent that it names, as last read. Calls no panel. */
export async function exemptAgentChecks(context: Context, panel: string): Promise<Check[]> {
  if (listExemptEntries(context, panel).length === 0) return [];
  const agents = await storedAgents(context, panel);
  const check = toChecks('exempt agent', panel);
  if (agents.length === 0) return [check('skipped', 'no agent of the panel has been read yet')];
  const wrong = await listExemptProblems(context, panel, agents);
  if (wrong.length === 0) return [check('ok', '')];
  return wrong.map(({ message, at }) => {
    const object = `panels.${panel}.agents.exempt.${at}`;
    return { ...toChecks('exempt agent', object)('warning', message, 'exempt_agent'), details: { panel } };
  });
}
