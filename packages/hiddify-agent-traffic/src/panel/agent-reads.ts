import { isPanelError } from '@sluice/panel-http';
import {
  type Clock,
  type ListProblem,
  newStep,
  type ReservationOutcome,
  type Step,
  toItemError,
} from '@sluice/panel-kind';
import { BYTES_PER_GB } from '@sluice/quota-core';
import { ledgerKey } from '@sluice/quota-core/agents';
import type { ObservedList } from '../account/record-list.js';
import type { AgentRecord, AgentUserRecord, AgentReservationRecord, AgentSnapshotRecord } from '@sluice/quota-core';
import { findRaise, isRaised } from '@sluice/quota-core/agents';
import { ACTION_TYPES, type AddressableUser, toObservedUser } from '../account/user-actions.js';
import { findDifferences, isHalfMade, shows, toChange } from '../client/compare-user.js';
import { type HiddifyAdmin, type HiddifyUser, SELF, type UnreadableRow } from '../client/records.js';
import type { CallOptions, HiddifyClient, NewHiddifyUser } from '../client/types.js';
import { isAgentTrafficError } from '../errors.js';
import { isEnabledAgain } from './enabled-again.js';

/** The lists as the panel returned them. */
export interface BareList {
  at: string;
  admins: HiddifyAdmin[];
  users: HiddifyUser[];
}

/** Bounds of the calls about single users and accounts. */
interface Lookups {
  maxLookups: number;
  call: CallOptions;
}

/** Reads both lists, with two calls when all is well. A failed or odd answer is a problem, never an empty list. */
export async function readLists(
  client: HiddifyClient,
  last: AgentSnapshotRecord | null,
  options: { acceptHalved: boolean; call: CallOptions },
): Promise<BareList | ListProblem> {
  return catchProblem(async () => {
    // The short list first, so that a wrong key or path fails before the long list is requested.
    let admins = await client.admins.list(options.call);
    if (admins.unreadable > 0) return toUnreadable('accounts', admins);
    const self = admins.admins.find(({ uuid }) => uuid === SELF);
    if (self === undefined) {
      const message = `The account of the key is not in the list of panel "${client.panel}".`;
      return { code: 'list_unreadable', message };
    }
    if (self.role !== 'super_admin' || self.parent !== SELF) {
      return {
        code: 'owner_key_needed',
        message: `The key (apiKey) of panel "${client.panel}" belongs to "${self.name}" (${self.role}), not to the Owner: users of agents cannot be disabled with it. Use the Owner's key.`,
      };
    }
    const list = await client.users.list(options.call);
    if (list.unreadable > 0) return toUnreadable('users', list);
    const known = new Set(admins.admins.map(({ uuid }) => uuid));
    if (list.users.some(({ owner }) => owner !== null && !known.has(owner))) {
      // An agent may have been created between the two calls.
      admins = await client.admins.list(options.call);
      if (admins.unreadable > 0) return toUnreadable('accounts', admins);
    }
    const bare = { at: list.requestedAt, admins: admins.admins, users: list.users };
    return options.acceptHalved ? bare : (findShrinking(bare, last) ?? bare);
  });
}

async function catchProblem<T>(work: () => Promise<T>): Promise<T | ListProblem> {
  try {
    return await work();
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return { code: error.code, message: error.message, cause: error };
  }
}

/**
 * Reads missing accounts and users one by one: the panel leaves out cycles, deep branches and users of nobody, so that only a 404
 * proves that one is gone (docs/panels/hiddify.md, 2.4). What is not read stays as it was last seen.
 */
export async function readMissing(
  client: HiddifyClient,
  bare: BareList,
  known: { agents: readonly AgentRecord[]; users: readonly AgentUserRecord[] },
  { maxLookups, call }: Lookups,
): Promise<ObservedList | ListProblem> {
  return catchProblem(async () => {
    let left = maxLookups;
    const admins = [...bare.admins];
    const listed = new Set(admins.map(({ uuid }) => uuid));
    const goneAdmins = new Set<string>();
    for (const { uuid, gone } of known.agents) {
      if (listed.has(uuid) || gone || left === 0) continue;
      left -= 1;
      const admin = await client.admins.get(uuid, call);
      if (admin === null) goneAdmins.add(uuid);
      else admins.push(admin);
    }
    const users = [...bare.users];
    const goneUsers = new Set<string>();
    const present = new Set(bare.users.map(ledgerKey));
    const missing = known.users.filter(({ key, gone }) => !gone && !present.has(key));
    for (const { key, uuid } of rotate(missing, bare.at).slice(0, left)) {
      // A user without a uuid can't be read alone, so that it counts only while it is listed.
      const user = uuid === null ? null : await client.users.get(uuid, call);
      if (user === null) goneUsers.add(key);
      else users.push(user);
    }
    return { at: bare.at, admins, users, goneUsers, goneAdmins, unread: new Set() };
  });
}

/**
 * Reads the users again that are shown as enabled although Sluice has disabled them. The figures of one that can't be read are those of
 * the list.
 */
export async function rereadEnabled(
  client: HiddifyClient,
  list: ObservedList,
  disabled: ReadonlySet<string>,
  call: CallOptions,
): Promise<ObservedList> {
  const shown = list.users.filter((user) => isEnabledAgain(user, disabled));
  if (shown.length === 0) return list;
  const goneUsers = new Set(list.goneUsers);
  const unread = new Set<string>();
  const reread = async (user: AddressableUser): Promise<[HiddifyUser, HiddifyUser[]]> => {
    try {
      const again = await client.users.get(user.uuid, call);
      if (again !== null) return [user, [again]];
      goneUsers.add(ledgerKey(user));
      return [user, []];
    } catch (error) {
      if (!isPanelError(error) && !isAgentTrafficError(error)) throw error;
      unread.add(user.uuid);
      return [user, [user]];
    }
  };
  const read = new Map(await Promise.all(shown.map(reread)));
  return { ...list, users: list.users.flatMap((user) => read.get(user) ?? [user]), goneUsers, unread };
}

/** Reads users again that may be creations in progress: such a row counts 1000 GB for the wrong owner. */
export async function rereadHalfMade(
  client: HiddifyClient,
  list: ObservedList,
  known: ReadonlySet<string>,
  { clock, maxLookups, call }: Lookups & { clock: Clock },
): Promise<ObservedList | ListProblem> {
  const suspects = list.users.flatMap((user) => {
    const isSuspect = user.limitBytes === 1000 * BYTES_PER_GB && user.usedBytes === 0 && !known.has(ledgerKey(user));
    return isSuspect && user.uuid !== null ? [user.uuid] : [];
  });
  if (suspects.length === 0 || suspects.length > maxLookups) return list;
  return catchProblem(async () => {
    await clock.sleep(1000, call.signal);
    const again = new Map<string | null, HiddifyUser | null>();
    for (const uuid of suspects) again.set(uuid, await client.users.get(uuid, call));
    return {
      ...list,
      users: list.users.flatMap((user) => {
        const reread = again.get(user.uuid);
        return reread === undefined ? [user] : reread === null ? [] : [reread];
      }),
    };
  });
}

function toUnreadable(what: string, list: { unreadable: number; unreadableRows: UnreadableRow[] }): ListProblem {
  const [first] = list.unreadableRows;
  const example = first === undefined ? '' : ` (row ${first.index + 1}: ${first.problem})`;
  return {
    code: 'list_unreadable',
    message: `${list.unreadable} rows of the list of ${what} could not be parsed${example}; no user was disabled or enabled.`,
  };
}

/** Returns the problem of a list with less than half the rows of the last one; null where there is none. */
function findShrinking(now: BareList, last: AgentSnapshotRecord | null): ListProblem | null {
  if (last === null) return null;
  const lists = [
    { what: 'users', before: last.users, count: now.users.length },
    { what: 'accounts', before: last.admins, count: now.admins.length },
  ];
  for (const { what, before, count } of lists) {
    if (count * 2 >= before) continue;
    return {
      code: count === 0 ? 'list_empty' : 'list_halved',
      message: `The list of ${what} has ${count} rows, but the last one had ${before}; no user was disabled or enabled.`,
    };
  }
  return null;
}

/** Starts elsewhere each minute, so that all of many missing users are read in time. */
function rotate<T>(items: readonly T[], at: string): T[] {
  if (items.length === 0) return [];
  const start = Math.floor(Date.parse(at) / 60_000) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/**
 * Finds out what became of a reservation by reading the user with its uuid: a whole user confirms it, none releases it, and a
 * half-made one is to be completed, or removed where that fails. A raise is decided by the limit that the panel shows.
 */
export async function readReservation(
  { client, clock }: { client: HiddifyClient; clock: Clock },
  reservation: AgentReservationRecord,
  again: boolean,
): Promise<ReservationOutcome> {
  const raise = findRaise(reservation);
  const isDone = (user: HiddifyUser | null): boolean =>
    user !== null && (raise === null || isRaised(raise, reservation.agent, user));
  const uuid = raise?.raises ?? reservation.uuid;
  let user: HiddifyUser | null;
  try {
    user = await client.users.get(uuid);
    // The last request may still be on its way.
    if (again && !isDone(user)) {
      await clock.sleep(1000);
      user = await client.users.get(uuid);
    }
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return { state: 'unknown', repair: null, error: toItemError(error) };
  }
  if (raise !== null) return { state: isDone(user) ? 'settled' : 'not-raised', repair: null, error: null };
  if (user === null) return { state: 'not-created', repair: null, error: null };
  const wanted = reservation.wanted as NewHiddifyUser;
  // Any other difference was made by another tool since, and stays.
  if (shows(user, toChange(wanted)) || !isHalfMade(user, wanted))
    return { state: 'settled', repair: null, error: null };
  const change = findDifferences(user, toChange(wanted));
  const payload = { agent: reservation.agent, why: 'half-made' };
  const prior = { name: user.name, ...toObservedUser(user) };
  const remove: Step = { ...newStep(ACTION_TYPES.delete, uuid), prior, payload };
  const complete: Step = { ...remove, type: ACTION_TYPES.update, payload: { ...payload, change } };
  return { state: 'half-made', repair: [complete, remove], error: null };
}
