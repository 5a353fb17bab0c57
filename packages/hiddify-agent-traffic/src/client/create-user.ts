import { isPanelError } from '@sluice/panel-http';
import { type ChangeEnd, performChange } from '@sluice/panel-kind';
import { AgentTrafficError } from '../errors.js';
import { toBody, toChange, findDifferences, isHalfMade, shows } from './compare-user.js';
import type { Connection } from './connection.js';
import { mayHaveHappened, mayStillBeRunning, WAITS, withoutDoubt } from './lost-answers.js';
import type { HiddifyUser } from './records.js';
import { removeUser } from './remove-user.js';
import type { RowCalls } from './row-calls.js';
import type { CallOptions, CreatedUser, NewHiddifyUser } from './types.js';

/**
 * Creates one user and leaves nothing else behind. The panel commits a row of 1000 GB first and completes it in steps. Whatever
 * the answer is, the row with the sent uuid is read: an incomplete one is completed or, where that fails, removed.
 */
export class UserCreation {
  constructor(
    private readonly calls: RowCalls<HiddifyUser>,
    private readonly connection: Pick<Connection, 'apiKey' | 'clock' | 'panel'>,
    private readonly wanted: NewHiddifyUser & { uuid: string },
    private readonly options: CallOptions,
  ) {}

  run(): Promise<CreatedUser> {
    const { calls, wanted, connection, options } = this;
    const body = { uuid: wanted.uuid, ...toBody(toChange(wanted), connection.apiKey) };
    let answered: HiddifyUser | undefined;
    return performChange<HiddifyUser | null, CreatedUser>(
      {
        call: async (show) => {
          const created = await calls.post(body, options);
          // The answer may be that to an earlier call: nothing proves that the user in it is the created one, which alone might be removed.
          if (created.uuid === wanted.uuid) show((answered = created));
        },
        read: () => this.#read(),
        isDone: (user) => user !== null && (user === answered || this.#isOwn(user)),
        isFinal: (user) => user !== null && (this.#isComplete(user) || !isHalfMade(user, wanted)),
        waitsMs: ({ failure }) => {
          if (isExisting(failure)) return WAITS;
          if (failure === null) return [0];
          if (!mayHaveHappened(failure)) return [];
          return mayStillBeRunning(failure) ? WAITS : [0];
        },
        endsUnread: true,
        end: (end) => this.#end(end),
      },
      connection,
    );
  }

  #end({ failure, unreadable, seen, isDone }: ChangeEnd<HiddifyUser | null>): Promise<CreatedUser> {
    const { uuid, name } = this.wanted;
    if (unreadable !== null) throw this.#unresolved(unreadable);
    if (isDone && seen !== null) return this.#complete(seen, isExisting(failure) ? 'existed' : 'created');
    if (failure === null) {
      throw new AgentTrafficError(
        'change_not_applied',
        `The panel's answer to the creation of user "${name}" shows another user, and the panel does not have this one. Nothing was removed: search the panel for it before you repeat the creation.`,
        { outcomeUnknown: true, details: { uuid } },
      );
    }
    if (seen === undefined || !isPanelError(failure)) throw failure as Error;
    // After a lost answer the user may still appear, so that the outcome stays unknown.
    if (seen === null) throw isExisting(failure) || mayStillBeRunning(failure) ? failure : withoutDoubt(failure);
    throw new AgentTrafficError(
      'user_exists',
      `A user with the uuid of "${name}" already exists with a different name, limit, owner, number of days or enabled state. Use a new uuid.`,
      { details: { uuid: seen.uuid } },
    );
  }

  async #complete(seen: HiddifyUser, how: CreatedUser['how']): Promise<CreatedUser> {
    if (this.#isComplete(seen)) return { user: seen, how };
    const { calls, wanted, connection, options } = this;
    const different = findDifferences(seen, toChange(wanted));
    return performChange<HiddifyUser | null, CreatedUser>(
      {
        call: async (show) => show(await calls.patch(wanted.uuid, toBody(different, connection.apiKey), options)),
        read: () => this.#read(),
        isDone: (user) => user !== null && this.#isComplete(user),
        waitsMs: () => [0],
        end: async ({ failure, unreadable, seen: user, isDone }) => {
          if (unreadable !== null) throw this.#unresolved(unreadable);
          if (isDone && user !== null) return { user, how: 'repaired' };
          await removeUser(connection, calls, wanted.uuid, options).catch((error: unknown) => {
            throw this.#unresolved(error);
          });
          throw new AgentTrafficError(
            'user_not_made',
            `The panel created user "${wanted.name}" only partially and refused the rest; the partial user was removed again. Check the panel's logs.`,
            { cause: failure ?? undefined },
          );
        },
      },
      connection,
    );
  }

  #read(): Promise<HiddifyUser | null> {
    return this.calls.get(this.wanted.uuid, this.options);
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

/** The uuid is used already: by an earlier call of this creation, or by another user. */
function isExisting(failure: unknown): boolean {
  return isPanelError(failure) && failure.panelCode === 'exists';
}
