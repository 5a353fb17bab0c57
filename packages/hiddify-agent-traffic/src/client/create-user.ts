import { isPanelError, type PanelError } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';
import { bodyOf, toChange, differencesOf, hasDifferences, isHalfMade } from './compare-user.js';
import type { Connection } from './connection.js';
import type { HiddifyUser } from './records.js';
import { lookUntil, looks, mayHaveHappened, mayStillBeRunning, withoutDoubt } from './lost-answers.js';
import type { CallOptions, CreatedUser, NewHiddifyUser } from './types.js';
import type { UserCalls } from './user-calls.js';

/**
 * Makes one user and leaves nothing else behind.
 *
 * The panel commits a row of 1000 GB first and completes it in steps, so whatever the answer is, the uuid that was sent is
 * looked up: a complete row is the user, an incomplete one is completed or, where that fails, removed.
 */
export class UserCreation {
  readonly #calls: UserCalls;
  readonly #connection: Pick<Connection, 'apiKey' | 'clock'>;
  readonly #wanted: NewHiddifyUser & { uuid: string };
  readonly #options: CallOptions;

  constructor(
    calls: UserCalls,
    connection: Pick<Connection, 'apiKey' | 'clock'>,
    wanted: NewHiddifyUser & { uuid: string },
    options: CallOptions,
  ) {
    this.#calls = calls;
    this.#connection = connection;
    this.#wanted = wanted;
    this.#options = options;
  }

  async run(): Promise<CreatedUser> {
    const { uuid, name } = this.#wanted;
    let made: HiddifyUser;
    try {
      made = await this.#calls.post(
        { uuid, ...bodyOf(toChange(this.#wanted), this.#connection.apiKey) },
        this.#options,
      );
    } catch (error) {
      if (isPanelError(error) && error.panelCode === 'exists') return this.#settle('existed', true, error);
      if (!mayHaveHappened(error)) throw error;
      return this.#settle('created', mayStillBeRunning(error), error);
    }
    if (made.uuid === uuid) return this.#complete(made, 'created');
    // The panel replaced the uuid, so nobody asked for what it made.
    if (made.uuid !== null) await this.#calls.delete(made.uuid, this.#options);
    throw new AgentTrafficError(
      'change_not_applied',
      made.uuid === null
        ? `The panel made user "${name}" under another uuid and does not show it. Remove it in the panel by hand.`
        : `The panel made user "${name}" under another uuid; it was removed again. Repeat with a new uuid.`,
      { outcomeUnknown: made.uuid === null },
    );
  }

  /** Finds out what became of a creation without a usable answer, or of an earlier one with the same uuid. */
  async #settle(how: 'created' | 'existed', running: boolean, cause: PanelError): Promise<CreatedUser> {
    let seen: HiddifyUser | null;
    try {
      seen = await lookUntil(
        this.#connection.clock,
        running ? looks : looks.slice(0, 1),
        () => this.#look(),
        (user) => user !== null && (this.#isComplete(user) || !isHalfMade(user, this.#wanted)),
      );
    } catch (error) {
      throw this.#unsettled(error);
    }
    // After a lost answer the absence of today is no proof for tomorrow: that error keeps its doubt.
    if (seen === null) throw running ? cause : withoutDoubt(cause);
    if (this.#isComplete(seen) || isHalfMade(seen, this.#wanted)) return this.#complete(seen, how);
    throw new AgentTrafficError(
      'user_exists',
      `A user with the uuid of "${this.#wanted.name}" exists and is another one: name, limit, owner, days or switch differ. Take a new uuid.`,
      { details: { uuid: seen.uuid } },
    );
  }

  async #complete(seen: HiddifyUser, how: CreatedUser['how']): Promise<CreatedUser> {
    const different = differencesOf(seen, toChange(this.#wanted));
    if (!hasDifferences(different)) return { user: seen, how };
    let cause: unknown;
    try {
      const user = await this.#calls.patch(
        this.#wanted.uuid,
        bodyOf(different, this.#connection.apiKey),
        this.#options,
      );
      if (this.#isComplete(user)) return { user, how: 'repaired' };
    } catch (error) {
      cause = error;
      let user: HiddifyUser | null;
      try {
        user = await this.#look();
      } catch (second) {
        throw this.#unsettled(second);
      }
      if (user !== null && this.#isComplete(user)) return { user, how: 'repaired' };
    }
    await this.#remove();
    throw new AgentTrafficError(
      'user_not_made',
      `The panel made user "${this.#wanted.name}" only in part and did not take the rest; the part was removed again. Look into the panel's logs.`,
      { cause },
    );
  }

  async #remove(): Promise<void> {
    try {
      await this.#calls.delete(this.#wanted.uuid, this.#options);
    } catch (error) {
      if (isPanelError(error) && error.panelCode === 'user_not_found') return;
      if (!mayHaveHappened(error)) throw this.#unsettled(error);
      let left: HiddifyUser | null;
      try {
        left = await this.#look();
      } catch (second) {
        throw this.#unsettled(second);
      }
      if (left !== null) throw this.#unsettled(error);
    }
  }

  #look(): Promise<HiddifyUser | null> {
    return this.#calls.get(this.#wanted.uuid, this.#options);
  }

  #isComplete(user: HiddifyUser): boolean {
    return !hasDifferences(differencesOf(user, toChange(this.#wanted)));
  }

  #unsettled(cause: unknown): AgentTrafficError {
    return new AgentTrafficError(
      'user_half_made',
      `Whether user "${this.#wanted.name}" was made, and how far, could not be found out; it may exist with the panel's default of 1000 GB. ` +
        'Repeat the order: the same user is looked for and completed.',
      { outcomeUnknown: true, details: { uuid: this.#wanted.uuid }, cause },
    );
  }
}
