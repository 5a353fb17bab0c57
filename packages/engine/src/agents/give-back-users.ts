import { isAgentTrafficError } from '@sluice/hiddify-agent-traffic/account';
import { isPanelError } from '@sluice/panel-http';
import { itemErrorOf, type ItemError } from '@sluice/panel-kind';
import { panelLease, type Leases } from '../leases.js';
import type { Session } from '../session.js';
import { AgentJournal } from './agent-journal.js';
import { managerOf, openDesk } from './desk.js';
import { listedActions, sweptAgent, type ListedAction } from './listed-actions.js';
import type { SweptAgent } from './panel-sweep.js';
import { settleAgentActions } from './settle-actions.js';
import { detailsOf } from './sweep.js';

/** Gives back every user that the sweep disabled on a panel; who was moved or touched since stays as it is. */
export async function giveBackUsers(
  session: Session,
  name: string,
  { run, dryRun }: { run: string; dryRun: boolean },
  leases: Leases,
): Promise<{ agents: SweptAgent[]; error: ItemError | null }> {
  try {
    const desk = await openDesk(session, name);
    const held = () => leases.heldOf([panelLease(name)]);
    const journal = new AgentJournal(session, name, run, { leases: held });
    const manager = managerOf(session, desk, { leases: held });
    if (!dryRun) await settleAgentActions(session, desk, held());
    const { planned, steps } = await manager.restoreAllUsers({ run, dryRun, hooks: journal.hooks });
    const done: ListedAction[] = dryRun
      ? planned.map(({ step: { type, target, agent } }) => ({ type, target, state: 'planned', agent, error: null }))
      : listedActions(journal, steps);
    const concerned = new Set(done.map(({ agent }) => agent));
    const all = (await manager.rememberedAgents()).filter(({ uuid }) => concerned.has(uuid));
    const agents = (await detailsOf(session, desk, all)).map((detail) => sweptAgent(detail, done));
    return { agents, error: done.find(({ error }) => error !== null)?.error ?? null };
  } catch (error) {
    if (!isPanelError(error) && !isAgentTrafficError(error)) throw error;
    return { agents: [], error: itemErrorOf(error) };
  }
}
