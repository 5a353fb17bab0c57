import type { RaiseRequest } from '@sluice/quota-core/agents';

export type { RaiseRequest };

/** A user to create; further members belong to the adapter. Plain JSON without secrets. */
export interface WantedUser {
  uuid: string;
  name: string;
  limitBytes: number;
  /** Days that it is valid from the first use. */
  packageDays?: number;
}

/** How a user is created, and removed again if its agent exceeded the limit meanwhile. */
export interface UserCreation<T> {
  make: () => Promise<T>;
  remove: () => Promise<unknown>;
}

/** The engine's budget of agents: traffic is reserved before the panel is called. */
export interface AgentBudget {
  /** Creates a user within the limits of its agent and the agent's ancestors. Rejects with `agent_limit` before any call. */
  create<T>(agent: string, wanted: WantedUser, work: UserCreation<T>): Promise<T>;
  /** Raises a user's limit, or moves the user to another agent, within the limits. */
  raise<T>(request: RaiseRequest, work: () => Promise<T>): Promise<T>;
}
