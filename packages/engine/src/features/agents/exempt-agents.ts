import type { AgentDetail, Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import { findEntry } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { describeMissing } from './client-agents.js';
import { matches } from './open-agents.js';
import { loadRenamed } from './renamed-agents.js';
import { storedAgents } from './show-agents.js';

/** Checks that each agent which the config exempts is one of the panel, as last read: another one's limit is enforced. Calls no panel. */
export async function exemptAgentChecks(context: Context, panel: string): Promise<Check[]> {
  const settings = findEntry(context.config.panels, panel);
  const exempt = settings === undefined ? [] : (context.findKind(panel)?.exemptAgents?.(settings) ?? []);
  if (exempt.length === 0) return [];
  const agents = await storedAgents(context, panel);
  const check = toChecks('exempt agent', panel);
  if (agents.length === 0) return [check('skipped', 'no agent of the panel has been read yet')];
  const renamed = await loadRenamed(context.store, panel);
  const wrong = exempt.flatMap((entry, at) => {
    const message = findProblem(entry.trim(), agents, renamed);
    return message === null ? [] : [{ message, at }];
  });
  if (wrong.length === 0) return [check('ok', '')];
  return wrong.map(({ message, at }) => {
    const object = `panels.${panel}.agents.exempt.${at}`;
    return { ...toChecks('exempt agent', object)('warning', message, 'exempt_agent'), details: { panel } };
  });
}

function findProblem(
  named: string,
  agents: readonly AgentDetail[],
  renamed: ReadonlyMap<string, string>,
): string | null {
  const present = agents.find(({ uuid }) => uuid === renamed.get(named));
  if (present !== undefined) return `agent "${present.name}" has another uuid now, and is exempt by its former one`;
  return matches(agents, named).length > 0 ? null : `nobody is exempt by this entry: ${describeMissing(named, agents)}`;
}
