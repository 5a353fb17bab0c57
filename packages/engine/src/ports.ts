import type { AgentBudget } from '@sluice/panel-kind';
import type { Context } from './context/context.js';
import type { Ports } from './context/ports.js';

/** What features provide to every context. */
export const ports: Ports<Context> = {
  openBilling: async (context) => (await import('./features/billing/billing-address.js')).openKnownBilling(context),
  agentBudget(context, { name, agents }) {
    const load = async (): Promise<AgentBudget> =>
      (await import('./features/agents/budget.js')).agentBudget(context, name, agents);
    return {
      create: async (agent, wanted, work) => (await load()).create(agent, wanted, work),
      raise: async (raise, work) => (await load()).raise(raise, work),
    };
  },
  previewRaise: async (context, of, raise) =>
    (await import('./features/agents/raise-user.js')).previewRaise({ context: context, ...of }, raise),
};
