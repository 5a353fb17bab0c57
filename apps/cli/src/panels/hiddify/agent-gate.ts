import {
  AgentTrafficError,
  SELF,
  type AgentTrafficManager,
  type CreatedUser,
  type HiddifyClient,
  type HiddifyUser,
  type HiddifyUserChange,
  type NewHiddifyUser,
} from '@sluice/hiddify-agent-traffic';
import type { AgentTables } from '@sluice/state-store';

/** Services' users count against the limits of their agents like all others: they are made and raised through this gate. */
export class AgentGate {
  readonly #panel: string;
  readonly #client: HiddifyClient;
  readonly #store: Pick<AgentTables, 'agents'>;
  readonly #manager: AgentTrafficManager;

  constructor(panel: string, client: HiddifyClient, store: Pick<AgentTables, 'agents'>, manager: AgentTrafficManager) {
    this.#panel = panel;
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

  /** @throws AgentTrafficError `agent_limit` when more than before would be promised than fits */
  async checkRaise(seen: HiddifyUser, change: HiddifyUserChange, tag: string): Promise<void> {
    const owner = change.owner ?? seen.owner;
    const limit = change.limitBytes ?? seen.limitBytes;
    const more = owner === seen.owner ? limit - seen.limitBytes : limit;
    if (owner === null || owner === SELF || more <= 0 || !(await this.#hasLimits())) return;
    const { allowed, reason } = await this.#manager.canCreateUserWithTraffic(owner, more, { tag });
    if (!allowed) throw new AgentTrafficError('agent_limit', reason ?? 'It does not fit under the limit of its agent.');
  }

  async #hasLimits(): Promise<boolean> {
    return (await this.#store.agents.list(this.#panel)).some(({ limitBytes }) => limitBytes !== null);
  }
}
