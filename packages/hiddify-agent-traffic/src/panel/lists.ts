import { isPanelError } from '@sluice/panel-http';
import { type Clock, isoNow, type ItemError, itemErrorOf } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { USER_REF } from '../account/user-actions.js';
import type { HiddifyUser } from '../client/records.js';
import type { HiddifyClient } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { badUuid } from './product.js';

/** What was seen of one user. */
export type Sight = { at: string; user: HiddifyUser | null; rows: number | null } | { at: string; error: ItemError };

/** A whole list, by uuid; or why there is none. */
type Listed = { at: string; users: Map<string, HiddifyUser>; rows: number } | { at: string; error: ItemError };

/**
 * Looks at the users of services: from one list of the whole panel for each run, or alone. Who is missing in the list is asked
 * for alone, since the panel leaves whole branches out of its lists and a row may be unreadable; only its plain word that
 * there is no such user counts as gone.
 */
export class HiddifyLists {
  readonly #client: HiddifyClient;
  readonly #clock: Clock;
  readonly #panel: string;
  #listed: Promise<Listed> | null = null;

  constructor(panel: string, client: HiddifyClient, clock: Clock) {
    this.#panel = panel;
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Reads the list again for all observations that follow.
   *
   * @param atLeast rows that there were at the last look: a list of less than half as many is taken for broken
   */
  read(atLeast: number | null, signal: AbortSignal): Promise<Listed> {
    this.#listed = this.#read(atLeast, signal);
    return this.#listed;
  }

  async #read(atLeast: number | null, signal: AbortSignal): Promise<Listed> {
    const at = isoNow(this.#clock);
    try {
      const { users, requestedAt, unreadable } = await this.#client.users.list({ signal });
      const rows = users.length + unreadable;
      if (atLeast !== null && rows * 2 < atLeast) return { at, error: shortList(this.#panel, rows, atLeast) };
      const byUuid = new Map<string, HiddifyUser>();
      for (const user of users) if (user.uuid !== null) byUuid.set(user.uuid, user);
      return { at: requestedAt, users: byUuid, rows };
    } catch (error) {
      return { at, error: readError(error) };
    }
  }

  /** Of many services, from the list of this run; `alone` asks for each by itself. */
  async see(services: readonly ServiceRecord[], signal: AbortSignal, alone: boolean): Promise<Map<string, Sight>> {
    const listed = alone ? null : await (this.#listed ?? this.read(null, signal));
    const seen = await Promise.all(
      services.map(async (service): Promise<[string, Sight]> => [service.id, await this.#see(service, listed, signal)]),
    );
    return new Map(seen);
  }

  async #see({ id, refs }: ServiceRecord, listed: Listed | null, signal: AbortSignal): Promise<Sight> {
    const uuid = refs[USER_REF];
    if (uuid === undefined) return { at: listed?.at ?? isoNow(this.#clock), user: null, rows: null };
    if (listed !== null && 'error' in listed) return listed;
    const user = listed?.users.get(uuid);
    if (user !== undefined) return { at: listed?.at ?? isoNow(this.#clock), user, rows: listed?.rows ?? null };
    const at = isoNow(this.#clock);
    try {
      const alone = await this.#client.users.get(uuid, { tag: id, signal });
      return { at: listed?.at ?? at, user: alone, rows: listed?.rows ?? null };
    } catch (error) {
      const refused = readError(error);
      // The client asks for no uuid that a user can't have.
      return { at, error: refused.code === 'invalid_user' ? badUuid(id, USER_REF) : refused };
    }
  }
}

function readError(error: unknown): ItemError {
  if (!isPanelError(error) && !isAgentTrafficError(error)) {
    const { name } = error as { name?: unknown };
    if (name !== 'AbortError' && typeof error !== 'string') throw error;
    return { code: 'interrupted', message: 'the run was interrupted before the panel answered' };
  }
  return itemErrorOf(error);
}

function shortList(panel: string, rows: number, before: number): ItemError {
  return {
    code: rows === 0 ? 'list_empty' : 'list_halved',
    message: `the list of users of panel "${panel}" has ${rows} rows where the last one had ${before}: nothing was concluded from it`,
  };
}
