import { isPanelError, type PanelError } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { toBody, toChange, findDifferences, isHalfMade, shows } from './compare-user.js';
import type { Connection } from './connection.js';
import { mayHaveHappened, mayStillBeRunning, readUntil, WAITS, withoutDoubt } from './lost-answers.js';
import type { HiddifyUser } from './records.js';
import type { RowCalls } from './row-calls.js';
import type { CallOptions, CreatedUser, NewHiddifyUser } from './types.js';

/**
 * Creates one user and leaves nothing else behind. The panel commits a row of 1000 GB first and completes it in steps. Whatever
 * the answer is, the row with the sent uuid is read: an incomplete one is completed or, where that fails, removed.
 */
export class UserCreation {
  constructor(
    private readonly calls: RowCalls<HiddifyUser>,
    private readonly connection: Pick<Connection, 'apiKey' | 'clock'>,
    private readonly wanted: NewHiddifyUser & { uuid: string },
    private readonly options: CallOptions,
  ) {}

  async run(): Promise<CreatedUser> {
    const { uuid, name } = this.wanted;
    let created: HiddifyUser;
    try {
      created = await this.calls.post({ uuid, ...toBody(toChange(this.wanted), this.connection.apiKey) }, this.options);
    } catch (error) {
      if (isPanelError(error) && error.panelCode === 'exists') return this.#resolve('existed', true, error);
      if (!mayHaveHappened(error)) throw error;
      return this.#resolve('created', mayStillBeRunning(error), error);
    }
    if (created.uuid === uuid) return this.#complete(created, 'created');
    // The answer may be that to an earlier call: nothing proves that the user in it is the created one, which alone might be removed.
    const other = new AgentTrafficError(
      'change_not_applied',
      `The panel's answer to the creation of user "${name}" shows another user, and the panel does not have this one. Nothing was removed: search the panel for it before you repeat the creation.`,
      { outcomeUnknown: true, details: { uuid } },
    );
    const seen = await this.#readBack();
    if (seen === null || !this.#isOwn(seen)) throw other;
    return this.#complete(seen, 'created');
  }

  /** Resolves a creation without a usable answer, or an earlier one with the same uuid. */
  async #resolve(how: 'created' | 'existed', running: boolean, cause: PanelError): Promise<CreatedUser> {
    let seen: HiddifyUser | null;
    try {
      seen = await readUntil(
        this.connection.clock,
        running ? WAITS : WAITS.slice(0, 1),
        () => this.#read(),
        (user) => user !== null && (this.#isComplete(user) || !isHalfMade(user, this.wanted)),
      );
    } catch (error) {
      throw this.#unresolved(error);
    }
    // After a lost answer the user may still appear, so that the outcome stays unknown.
    if (seen === null) throw running ? cause : withoutDoubt(cause);
    if (this.#isOwn(seen)) return this.#complete(seen, how);
    throw new AgentTrafficError(
      'user_exists',
      `A user with the uuid of "${this.wanted.name}" already exists with a different name, limit, owner, number of days or enabled state. Use a new uuid.`,
      { details: { uuid: seen.uuid } },
    );
  }

  async #complete(seen: HiddifyUser, how: CreatedUser['how']): Promise<CreatedUser> {
    if (this.#isComplete(seen)) return { user: seen, how };
    const different = findDifferences(seen, toChange(this.wanted));
    let cause: unknown;
    try {
      const user = await this.calls.patch(this.wanted.uuid, toBody(different, this.connection.apiKey), this.options);
      if (this.#isComplete(user)) return { user, how: 'repaired' };
    } catch (error) {
      cause = error;
      const user = await this.#readBack();
      if (user !== null && this.#isComplete(user)) return { user, how: 'repaired' };
    }
    await this.#remove();
    throw new AgentTrafficError(
      'user_not_made',
      `The panel created user "${this.wanted.name}" only partially and refused the rest; the partial user was removed again. Check the panel's logs.`,
      { cause },
    );
  }

  async #remove(): Promise<void> {
    try {
      await this.calls.send('DELETE', this.wanted.uuid, this.options);
    } catch (error) {
      if (isPanelError(error) && error.panelCode === 'user_not_found') return;
      if (!mayHaveHappened(error) || (await this.#readBack()) !== null) throw this.#unresolved(error);
    }
  }

  #read(): Promise<HiddifyUser | null> {
    return this.calls.get(this.wanted.uuid, this.options);
  }

  /** Reads the user after a failed change, whose outcome stays unknown where that fails too. */
  #readBack(): Promise<HiddifyUser | null> {
    return this.#read().catch((error: unknown) => {
      throw this.#unresolved(error);
    });
  }

  /** Whether a user of the sent uuid is the one that is created, also where it is incomplete. */
  #isOwn(user: HiddifyUser): boolean {
    return this.#isComplete(user) || isHalfMade(user, this.wanted);
  }

  #isComplete(user: HiddifyUser): boolean {
    return shows(user, toChange(this.wanted));
  }

  #unresolved(cause: unknown): AgentTrafficError {
    return new AgentTrafficError(
      'user_half_made',
      `It is not known whether user "${this.wanted.name}" was created; it may exist with the panel's default of 1000 GB. ` +
        'Repeat the command, which finds and completes the same user.',
      { outcomeUnknown: true, details: { uuid: this.wanted.uuid }, cause },
    );
  }
}
