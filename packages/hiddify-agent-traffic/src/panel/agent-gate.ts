import { SELF, type HiddifyUser } from '../client/records.js';
import type { CreatedUser, HiddifyClient, HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import type { AgentTrafficManager } from '../traffic/manager.js';
import type { AgentTrafficStore } from '../traffic/store.js';

/** Services' users count against the limits of their agents like all others: they are made and raised through this gate. */
export class AgentGate {
  readonly #client: HiddifyClient;
  readonly #store: Pick<AgentTrafficStore, 'agents'>;
  readonly #manager: AgentTrafficManager;

  constructor(client: HiddifyClient, store: Pick<AgentTrafficStore, 'agents'>, manager: AgentTrafficManager) {
    this.#client = client;
    this.#store = store;
    this.#manager = manager;
  }

  /** Makes a user within the limits above it. Rejects with `agent_limit` where it does not fit; then nothing was called. */
  async create(
    wanted: NewHiddifyUser & { uuid: string },
    calling: () => Promise<void>,
    tag: string,
  ): Promise<CreatedUser> {
    const { owner, ...user } = wanted;
    if (owner === undefined || owner === SELF || !(await this.#hasLimits())) {
      await calling();
      return this.#client.users.create(wanted, { tag });
    }
    return this.#manager.createUser(owner, user, { tag, hooks: { before: calling } });
  }

  /**
   * Makes a change to a user within the limits above it: what it promises more than before is reserved before `work` calls
   * the panel. Rejects with `agent_limit` where it does not fit; then nothing was called.
   */
  async change<T>(seen: HiddifyUser, change: HiddifyUserChange, work: () => Promise<T>, tag: string): Promise<T> {
    const owner = change.owner ?? seen.owner;
    const limit = change.limitBytes ?? seen.limitBytes;
    const more = owner === seen.owner ? limit - seen.limitBytes : limit;
    const { uuid } = seen;
    const isFree = owner === null || owner === SELF || uuid === null || more <= 0;
    if (isFree || !(await this.#hasLimits())) return work();
    return this.#manager.raiseUser({ seen: { ...seen, uuid }, owner, limitBytes: limit }, work, { tag });
  }

  async #hasLimits(): Promise<boolean> {
    return (await this.#store.agents.all()).some(({ limitBytes }) => limitBytes !== null);
  }
}
