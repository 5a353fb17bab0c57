import type { LimitingAgents, SkipReason } from '@sluice/engine/words';

/** Returns command lines, which the sentences name as what ends or changes a state. */
export interface StateCommands {
  poll: (service: string) => string;
  /** Names the actions whose outcome is not known. */
  findActions: () => string;
  /** Uses a reading that is doubted. */
  believe: (service: string) => string;
  createAccount: (service: string) => string;
  /** Removes what is left of the account of a service that ended. */
  removeAccount: (service: string) => string;
  activate: (service: string) => string;
  /** Ends the observation of a panel, or of one of its products. */
  enforce: (panel: string, product?: string) => string;
  /** Shows what would be changed on a panel, allows it once, and ends all changes. */
  plan: (panel: string) => string;
  allowOnce: (panel: string) => string;
  /** The same for the agents of a panel. */
  planAgents: (panel: string) => string;
  allowAgentsOnce: (panel: string) => string;
  takeOver: (panel: string) => string;
  observe: (panel: string) => string;
  /** Releases all that is held on a panel before it leaves the config. */
  releasePanel: (panel: string) => string;
  /** Reconciles although that is more than the brake lets pass. */
  reconcileAll: () => string;
  setQuota: (service: string, gigabytes: number) => string;
  /** Moves a service whose product is missing to another one. */
  setProduct: (service: string) => string;
  /** Releases the manual hold; with `until`, lifts the limits until then, or ends that (`none`). */
  release: (service: string, until?: string) => string;
  /** Restricts a service again that is held by hand, or suspended. */
  hold: (service: string) => string;
  suspend: (service: string) => string;
  endSuspension: (service: string) => string;
  renew: (service: string, until?: string) => string;
  /** Protects a service until a date. */
  protect: (service: string) => string;
  /** Reads from the billing system what it lists. */
  sync: () => string;
  raiseAgentLimit: (agent: string, panel: string) => string;
  checkAgents: (panel: string) => string;
  endAgentSuspension: (agent: string, panel: string) => string;
}

/** What the sentences name that is not in the store. */
export interface StateNames {
  commands: StateCommands;
  /** Returns the message of an error with what an operator can do about it. */
  withRemedy: (error: { code: string; message: string; details: Readonly<Record<string, string>> }) => string;
  /** Whether the panel's kind creates accounts. */
  canCreate: boolean;
  /** Whether the service is known to have an account. */
  hasAccount: boolean;
  /** Why no run reads the service; null where runs do. */
  skip: SkipReason | null;
  /** That the next run holds it for its due date, although nothing does now; null where none does. */
  overdue: string | null;
  /** The agents that hold the service, and what ends that; null where it is not known. */
  agents: LimitingAgents | null;
}
