import { isPanelError } from '@sluice/panel-http';
import {
  type Clock,
  isoNow,
  type ItemError,
  type NamedService,
  type ObserveOptions,
  toItemError,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { UNFINISHED } from '../client/compare-user.js';
import type { HiddifyUser } from '../client/records.js';
import type { HiddifyClient } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { readEnabledAgain } from './enabled-again.js';
import { badUuid } from './product.js';
import { USER_REF } from './settings.js';

/** What the panel shows of one service's user. */
export interface HiddifyState {
  /** Null where the service names none, or the panel has none with that uuid. */
  user: HiddifyUser | null;
  /** Rows of the list it was read from; null where it was read alone. */
  rows: number | null;
}

/** A service's user as read, or why it could not be read. */
export type UserReading = ({ at: string } & HiddifyState) | { at: string; error: ItemError };

/** How users are read: each by itself instead of from the list, and the open rows of their services. */
interface ReadHow {
  alone: boolean;
  open?: ObserveOptions['open'] | undefined;
}

/** A whole list by uuid, or why it could not be read. */
type Listed = { at: string; users: Map<string, HiddifyUser>; rows: number } | { at: string; error: ItemError };

/**
 * Reads the users of services from one list per run, or alone. A user that is missing in the list is read alone, since the panel
 * leaves whole branches out of its lists and a row may be unreadable; only a 404 proves that it is gone.
 */
export class HiddifyLists {
  #listed: Promise<Listed> | null = null;
  /** The users of the list that was read last. */
  #users: ReadonlyMap<string, HiddifyUser> = new Map();

  constructor(
    private readonly panel: string,
    private readonly client: HiddifyClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads the list again for all observations that follow.
   *
   * @param lastRows rows of the last list; a list with less than half as many is refused
   */
  refresh(lastRows: number | null, signal: AbortSignal): Promise<Listed> {
    this.#listed = this.#list(lastRows, signal);
    return this.#listed;
  }

  async #list(lastRows: number | null, signal: AbortSignal): Promise<Listed> {
    const at = isoNow(this.clock);
    try {
      const { users, requestedAt, unreadable } = await this.client.users.list({ signal });
      const rows = users.length + unreadable;
      if (lastRows !== null && rows * 2 < lastRows) return { at, error: shortList(this.panel, rows, lastRows) };
      const byUuid = new Map<string, HiddifyUser>();
      for (const user of users) if (user.uuid !== null) byUuid.set(user.uuid, user);
      this.#users = byUuid;
      return { at: requestedAt, users: byUuid, rows };
    } catch (error) {
      return { at, error: toListError(error) };
    }
  }

  /** Returns the name of the user of a service, by the list that was read last; null for one that is not finished. */
  findName({ refs }: NamedService): string | null {
    const name = this.#users.get(refs[USER_REF] ?? '')?.name ?? null;
    return name === UNFINISHED.name ? null : name;
  }

  /** Reads the users of services from the list of this run, or each by itself. */
  async read(
    services: readonly ServiceRecord[],
    signal: AbortSignal,
    { alone, open }: ReadHow,
  ): Promise<Map<string, UserReading>> {
    const listed = alone ? null : await (this.#listed ?? this.refresh(null, signal));
    const readings = services.map(async (service): Promise<[string, UserReading]> => [
      service.id,
      await this.#read(service, listed, new Set(open?.get(service.id)?.evidence.map(({ target }) => target)), signal),
    ]);
    return new Map(await Promise.all(readings));
  }

  async #read(
    { id, refs }: ServiceRecord,
    listed: Listed | null,
    disabled: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<UserReading> {
    const uuid = refs[USER_REF];
    const at = listed?.at ?? isoNow(this.clock);
    if (uuid === undefined) return { at, user: null, rows: null };
    if (listed !== null && 'error' in listed) return listed;
    const rows = listed?.rows ?? null;
    const askedAt = isoNow(this.clock);
    const call = { tag: id, signal };
    try {
      const user = listed?.users.get(uuid) ?? (await this.client.users.get(uuid, call));
      return { at, user: user && (await readEnabledAgain(this.client, user, disabled, call)), rows };
    } catch (error) {
      const refused = toListError(error);
      // The client sends no uuid that a user can't have.
      return { at: askedAt, error: refused.code === 'invalid_user' ? badUuid(id, USER_REF) : refused };
    }
  }
}

function toListError(error: unknown): ItemError {
  if (!isPanelError(error) && !isAgentTrafficError(error)) {
    const { name, kind } = error as { name?: unknown; kind?: unknown };
    if (name !== 'AbortError' && kind !== 'interrupted') throw error;
    return { code: 'interrupted', message: 'the run was interrupted before the panel answered' };
  }
  return toItemError(error);
}

function shortList(panel: string, rows: number, before: number): ItemError {
  return {
    code: rows === 0 ? 'list_empty' : 'list_halved',
    message: `the list of users of panel "${panel}" has ${rows} rows, but the last one had ${before}: the list was ignored`,
  };
}
