import type { Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import { findEntry } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { describeMissing } from './client-agents.js';
import { matches } from './open-agents.js';
import { storedAgents } from './show-agents.js';

/** Checks that each agent which the config exempts is one of the panel, as last read: another one's limit is enforced. Calls no panel. */
export async function exemptAgentChecks(context: Context, panel: string): Promise<Check[]> {
  const settings = findEntry(context.config.panels, panel);
  const exempt = settings === undefined ? [] : (context.findKind(panel)?.exemptAgents?.(settings) ?? []);
  if (exempt.length === 0) return [];
  const agents = await storedAgents(context, panel);
  const check = toChecks('exempt agent', panel);
  if (agents.length === 0) return [check('skipped', 'no agent of the panel has been read yet')];
  const wrong = exempt.flatMap((named, at) => (matches(agents, named.trim()).length > 0 ? [] : [{ named, at }]));
  if (wrong.length === 0) return [check('ok', '')];
  return wrong.map(({ named, at }) => {
    const message = `nobody is exempt by this entry: ${describeMissing(named.trim(), agents)}`;
    const object = `panels.${panel}.agents.exempt.${at}`;
    return { ...toChecks('exempt agent', object)('warning', message, 'exempt_agent'), details: { panel } };
  });
}
