import type { AgentUserRequest, CreationCheck, ItemError, LedgerOpening } from '@sluice/panel-kind';

/** An agent of the engine, as far as the manager reads it. */
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

/** What came of a check of agents. */
export interface AgentCheck {
  totals: { agents: number; exceeded: number; disabled: number; restored: number; failed: number; skipped: number };
  agents: (ManagedAgent & { actions: UserChange[]; error: ItemError | null })[];
  error: ItemError | null;
}

/** What came of disabling an agent's users, or of giving them back. */
export type UsersChanged = ManagedAgent & {
  actions: UserChange[];
  left: { uuid: string; name: string; outcome: string }[];
  error: ItemError | null;
};

/** Which panel a call is about, and whether it is a preview. */
export interface AgentCall {
  panel?: string | undefined;
  dryRun?: boolean | undefined;
}

/** The part of the engine that the manager works with: an instance of `createSluice` has it. */
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
    disable(agent: string, options?: AgentCall): Promise<UsersChanged>;
    restore(agent: string, options?: AgentCall & { force?: boolean | undefined }): Promise<UsersChanged>;
  };
}

/**
 * Keeps the agents of one panel inside their traffic limits: checks before a user is created, disables the users of an agent
 * that is over, and gives back exactly those. Works through the engine, so that its journal, its brake and its undo records
 * are those of everything else. Agents are named by uuid or by an unambiguous name; bytes are whole numbers.
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

  /** Returns all agents by fresh figures. */
  async listAgents(): Promise<ManagedAgent[]> {
    return (await this.#agents.list({ panel: this.#panel })).agents;
  }

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

  async isLimitExceeded(agent: string): Promise<boolean> {
    return (await this.getAgent(agent)).exceeded;
  }

  /** Sets a limit; null takes it away, 0 allows nothing. With `dryRun` nothing is stored: the agent as it would be. */
  setTrafficLimit(
    agent: string,
    limitBytes: number | null,
    { opening, dryRun = false }: { opening?: LedgerOpening; dryRun?: boolean } = {},
  ): Promise<ManagedAgent> {
    const confirm = () => Promise.resolve();
    return this.#agents.limit(agent, { panel: this.#panel, limitBytes, opening, dryRun, confirm });
  }

  /** Whether one more user of this size fits. The same rule as `createUser`, at this moment; only that one keeps it. */
  canCreateUserWithTraffic(agent: string, newBytes: number): Promise<Omit<CreationCheck, 'binding'>> {
    return this.#agents.canCreateUser(agent, newBytes, { panel: this.#panel });
  }

  /** Makes a user within the limits, also when fifty are asked for at once. Rejects with `agent_limit` where it does not fit. */
  async createUser(
    agent: string,
    { name, limitBytes, packageDays, mode }: Pick<AgentUserRequest, 'name' | 'limitBytes' | 'packageDays' | 'mode'>,
  ): Promise<{ uuid: string | null; name: string; limitBytes: number; agent: string }> {
    const panel = this.#panel;
    const request = { panel, agent, name, limitBytes, days: packageDays, mode, dryRun: false };
    return (await this.#agents.createUser(request)).user;
  }

  /** Checks one agent: disables its users when it is over, gives back what was disabled when it no longer is. */
  async checkAgent(agent: string): Promise<AgentCheck> {
    return this.#agents.check({ agent, panel: this.#panel });
  }

  /** Checks all agents; the mass-change brake stops a check that would change too many of them. */
  checkAllAgents(options: { dryRun?: boolean; allowMass?: boolean } = {}): Promise<AgentCheck> {
    return this.#agents.check({ panel: this.#panel, ...options });
  }

  /** Disables every enabled user below an agent, whatever its limit says; only `restoreUsers` gives them back. */
  disableAllUsers(agent: string, options: { dryRun?: boolean } = {}): Promise<UsersChanged> {
    return this.#agents.disable(agent, { panel: this.#panel, ...options });
  }

  /** Gives back what was disabled below an agent; `force` also while it is over its limit. */
  restoreUsers(agent: string, options: { dryRun?: boolean; force?: boolean } = {}): Promise<UsersChanged> {
    return this.#agents.restore(agent, { panel: this.#panel, ...options });
  }
}
