/** A user to be made, in the adapter's own terms: plain JSON without secrets. */
export interface WantedUser {
  uuid: string;
  name: string;
  limitBytes: number;
}

/** A change that reserves more of an agent's budget for one of its users. */
export interface RaiseOrder {
  user: { uuid: string; owner: string | null; limitBytes: number; usedBytes: number };
  /** The agent that owns the user afterwards. */
  owner: string;
  limitBytes: number;
}

/** How a user is made, and removed again where others were sold meanwhile. */
export interface UserCreation<T> {
  make: () => Promise<T>;
  remove: () => Promise<unknown>;
}

/** Budget of agents, kept by the engine: what is handed out of it is reserved before the panel is called. */
export interface AgentBudget {
  /** Makes a user within the limits of its agent and those above. Rejects with `agent_limit`; then nothing was called. */
  create<T>(agent: string, wanted: WantedUser, work: UserCreation<T>): Promise<T>;
  /** Raises a user's limit, or gives the user to another agent, within the limits. */
  raise<T>(order: RaiseOrder, work: () => Promise<T>): Promise<T>;
}
