import type { BillingSystem } from '@sluice/contract/ports';
import type { AgentBudget, ItemError, PanelAgents, RaiseRequest } from '@sluice/panel-kind';

/** The agents of a panel, by its name. */
export interface PanelsAgents {
  name: string;
  agents: PanelAgents;
}

/** What a context has from features, each of which is loaded when it is first used. */
export interface Ports<Of> {
  /** Opens the billing system that the config names; sends nothing. */
  openBilling(context: Of): Promise<BillingSystem>;
  /** Returns the budget of the agents of a panel, within which users are created and quotas raised. */
  agentBudget(context: Of, of: PanelsAgents): AgentBudget;
  /** Returns the error that a raise would fail with; null for one that fits. Reserves nothing. */
  previewRaise(context: Of, of: PanelsAgents, raise: RaiseRequest): Promise<ItemError | null>;
}
