import type { AgentUserRequest, CreationCheck, ItemError, LedgerOpening } from '@sluice/panel-kind';

/** The part of the engine's agents that the manager returns. */
export interface ManagedAgent {
  uuid: string;
  name: string;
  limitBytes: number | null;
  usedBytes: number;
  remainingBytes: number | null;
  exceeded: boolean;
  users: number;
  usersDisabledByUs: number | null;
}

/** One change to a user: its type, the user's uuid, and how it ended. */
export interface UserChange {
  type: string;
  target: string;
  state: string;
}

/** The result of a check of agents. */
export interface AgentCheck {
  totals: { agents: number; exceeded: number; disabled: number; restored: number; failed: number; skipped: number };
  agents: (ManagedAgent & { actions: UserChange[]; error: ItemError | null })[];
  error: ItemError | null;
}

/** The result of disabling an agent's users, or of enabling them again. */
export type UsersChanged = ManagedAgent & {
  actions: UserChange[];
  left: { uuid: string; name: string; outcome: string }[];
  error: ItemError | null;
};

/** The panel of a call, and whether it is a preview. */
export interface AgentCall {
  panel?: string | undefined;
  dryRun?: boolean | undefined;
}

/** The part of the engine that the manager uses; an instance of `createSluice` has it. */
export interface AgentEngine {
  readonly agents: {
    list(options?: AgentCall): Promise<{ agents: ManagedAgent[] }>;
    show(agent: string, options?: AgentCall): Promise<ManagedAgent>;
    limit(
      agent: string,
      request: {
        panel: string | undefined;
        limitBytes: number | null;
        opening: LedgerOpening | undefined;
        dryRun: boolean;
        confirm: (question: string) => Promise<void>;
      },
    ): Promise<ManagedAgent>;
    check(options?: AgentCall & { agent?: string | undefined; allowMass?: boolean | undefined }): Promise<AgentCheck>;
    canCreateUser(agent: string, bytes: number, options?: AgentCall): Promise<Omit<CreationCheck, 'binding'>>;
    createUser(request: {
      panel: string | undefined;
      agent: string;
      name: string;
      limitBytes: number;
      days: number | undefined;
      mode: string | undefined;
      dryRun: boolean;
    }): Promise<{ user: { uuid: string | null; name: string; limitBytes: number; agent: string } }>;
    suspend(agent: string, options?: AgentCall): Promise<UsersChanged>;
    unsuspend(agent: string, options?: AgentCall): Promise<UsersChanged>;
    restore(
      agent: string,
      options?: AgentCall & { force?: boolean | undefined; unsuspend?: boolean | undefined },
    ): Promise<UsersChanged>;
  };
}

/**
 * Keeps the agents of one panel inside their traffic limits: checks before a user is created, disables the users of an agent
 * that is over, and enables exactly those again. It uses the engine's journal, brake and evidence. Agents are named by uuid or by
 * an unambiguous name; bytes are whole numbers.
 *
 * @example
 * ```ts
 * const manager = new AgentTrafficManager(sluice, 'vpn');
 * await manager.setTrafficLimit('north', 500 * 1024 ** 3);
 * await manager.createUser('north', { name: 'anna', limitBytes: 10 * 1024 ** 3 });
 * await manager.checkAllAgents(); // every five minutes
 * ```
 */
export class AgentTrafficManager {
  readonly #agents: AgentEngine['agents'];
  readonly #panel: string;

  constructor({ agents }: AgentEngine, panel: string) {
    this.#agents = agents;
    this.#panel = panel;
  }

  /** Reads the panel and returns all agents. */
  async listAgents(): Promise<ManagedAgent[]> {
    return (await this.#agents.list({ panel: this.#panel })).agents;
  }

  /** Reads the panel and returns one agent. */
  getAgent(agent: string): Promise<ManagedAgent> {
    return this.#agents.show(agent, { panel: this.#panel });
  }

  /** Returns the figure that the limit is compared with, sub-agents included. */
  async getTotalTraffic(agent: string): Promise<number> {
    return (await this.getAgent(agent)).usedBytes;
  }

  /** Returns what is left under the agent's own limit, never negative; null without one. */
  async getRemainingTraffic(agent: string): Promise<number | null> {
    return (await this.getAgent(agent)).remainingBytes;
  }

  /** Returns whether an agent is over its own limit. */
  async isLimitExceeded(agent: string): Promise<boolean> {
    return (await this.getAgent(agent)).exceeded;
  }

  /** Sets a limit; null removes it, 0 allows nothing. With `dryRun` it stores nothing and returns the agent as it would be. */
  setTrafficLimit(
    agent: string,
    limitBytes: number | null,
    { opening, dryRun = false }: { opening?: LedgerOpening; dryRun?: boolean } = {},
  ): Promise<ManagedAgent> {
    const confirm = () => Promise.resolve();
    return this.#agents.limit(agent, { panel: this.#panel, limitBytes, opening, dryRun, confirm });
  }

  /** Returns whether one more user of this size fits now; only `createUser` reserves it. */
  canCreateUserWithTraffic(agent: string, newBytes: number): Promise<Omit<CreationCheck, 'binding'>> {
    return this.#agents.canCreateUser(agent, newBytes, { panel: this.#panel });
  }

  /** Creates a user within the limits, also among concurrent calls. Rejects with `agent_limit` where it does not fit. */
  async createUser(
    agent: string,
    { name, limitBytes, packageDays, mode }: Pick<AgentUserRequest, 'name' | 'limitBytes' | 'packageDays' | 'mode'>,
  ): Promise<{ uuid: string | null; name: string; limitBytes: number; agent: string }> {
    const panel = this.#panel;
    const request = { panel, agent, name, limitBytes, days: packageDays, mode, dryRun: false };
    return (await this.#agents.createUser(request)).user;
  }

  /** Checks one agent: disables its users when it is over, enables them again when it no longer is. */
  checkAgent(agent: string): Promise<AgentCheck> {
    return this.#agents.check({ agent, panel: this.#panel });
  }

  /** Checks all agents; the mass-change brake stops a check that would change too many of them. */
  checkAllAgents(options: { dryRun?: boolean; allowMass?: boolean } = {}): Promise<AgentCheck> {
    return this.#agents.check({ panel: this.#panel, ...options });
  }

  /**
   * Suspends an agent: disables every enabled user below it, whatever its limit is, and the checks keep them disabled until
   * `unsuspendAgent` or `restoreUsers`.
   */
  disableAllUsers(agent: string, options: { dryRun?: boolean } = {}): Promise<UsersChanged> {
    return this.#agents.suspend(agent, { panel: this.#panel, ...options });
  }

  /** Ends what `disableAllUsers` began: enables exactly the users that it disabled, where no limit needs them disabled. */
  unsuspendAgent(agent: string, options: { dryRun?: boolean } = {}): Promise<UsersChanged> {
    return this.#agents.unsuspend(agent, { panel: this.#panel, ...options });
  }

  /**
   * Enables the users that were disabled below an agent, and ends its suspension; with `force` also while it is over its limit.
   * Rejects with `agent_suspended` while an agent above it is suspended.
   */
  restoreUsers(agent: string, options: { dryRun?: boolean; force?: boolean } = {}): Promise<UsersChanged> {
    return this.#agents.restore(agent, { panel: this.#panel, unsuspend: true, ...options });
  }
}
