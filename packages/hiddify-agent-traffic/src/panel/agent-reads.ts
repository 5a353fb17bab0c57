import { type Clock, isPanelError } from '@sluice/panel-http';
import {
  AGENT_STEPS,
  type Clock,
  itemErrorOf,
  type ListProblem,
  type ReservationLook,
  type Step,
} from '@sluice/panel-kind';
import { BYTES_PER_GB } from '@sluice/quota-core';
import { ledgerKey } from '../account/ledger.js';
import type { ObservedList } from '../account/record-list.js';
import type { AgentRecord, LedgerEntry, ReservationRecord, SnapshotRecord } from '../account/records.js';
import { isRaised, raisedIn } from '../account/reservations.js';
import { ACTION_TYPES, observedOf } from '../account/user-actions.js';
import { changeOf, differencesOf, hasDifferences, isHalfMade } from '../client/compare-user.js';
import { type HiddifyAdmin, type HiddifyUser, SELF, type UnreadableRow } from '../client/records.js';
import type { CallOptions, HiddifyClient, NewHiddifyUser } from '../client/types.js';

export interface BareList {
  at: string;
  admins: HiddifyAdmin[];
  users: HiddifyUser[];
}

/** The two list calls, and nothing else when all is well. A failed or odd answer is a problem, never an empty list. */
export async function readLists(
  client: HiddifyClient,
  last: SnapshotRecord | null,
  options: { acceptHalved: boolean; call: CallOptions },
): Promise<BareList | ListProblem> {
  return asProblem(async () => {
    // The short list first: a wrong key or path shows before the long one is asked for.
    let admins = await client.admins.list(options.call);
    if (admins.unreadable > 0) return unreadable('accounts', admins);
    const self = admins.admins.find(({ uuid }) => uuid === SELF);
    if (self === undefined) {
      return {
        code: 'list_unreadable',
        message: `The account of the key is not in the list of panel "${client.panel}".`,
      };
    }
    if (self.role !== 'super_admin' || self.parent !== SELF) {
      return {
        code: 'owner_key_needed',
        message: `The key (apiKey) of panel "${client.panel}" belongs to "${self.name}" (${self.role}), not to the Owner: users of agents cannot be disabled with it. Use the Owner's key.`,
      };
    }
    const list = await client.users.list(options.call);
    if (list.unreadable > 0) return unreadable('users', list);
    const known = new Set(admins.admins.map(({ uuid }) => uuid));
    if (list.users.some(({ owner }) => owner !== null && !known.has(owner))) {
      // An agent may have been made between the two calls.
      admins = await client.admins.list(options.call);
      if (admins.unreadable > 0) return unreadable('accounts', admins);
    }
    const bare = { at: list.requestedAt, admins: admins.admins, users: list.users };
    return options.acceptHalved ? bare : (shrunk(bare, last) ?? bare);
  });
}

async function asProblem<T>(work: () => Promise<T>): Promise<T | ListProblem> {
  try {
    return await work();
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return { code: error.code, message: error.message, cause: error };
  }
}

/**
 * Completes a list by what only single calls tell: who of those that are missing is gone and who is only hidden, since the
 * panel leaves out cycles, deep branches and users of nobody (docs/panels/hiddify.md, 2.4). Bounded; what is not asked about
 * now stays as it was last seen.
 */
export async function lookUpMissing(
  client: HiddifyClient,
  bare: BareList,
  input: { agents: readonly AgentRecord[]; ledger: readonly LedgerEntry[]; maxLookups: number; call: CallOptions },
): Promise<ObservedList | ListProblem> {
  return asProblem(() => completed(client, bare, input));
}

async function completed(
  client: HiddifyClient,
  bare: BareList,
  input: Parameters<typeof lookUpMissing>[2],
): Promise<ObservedList> {
  let left = input.maxLookups;
  const admins = [...bare.admins];
  const shown = new Set(admins.map(({ uuid }) => uuid));
  const goneAdmins = new Set<string>();
  for (const { uuid, gone } of input.agents) {
    if (shown.has(uuid) || gone || left === 0) continue;
    left -= 1;
    const admin = await client.admins.get(uuid, input.call);
    if (admin === null) goneAdmins.add(uuid);
    else admins.push(admin);
  }
  const users = [...bare.users];
  const goneUsers = new Set<string>();
  const present = new Set(bare.users.map(ledgerKey));
  const missing = input.ledger.filter(({ key, gone }) => !gone && !present.has(key));
  for (const { key, uuid } of rotated(missing, bare.at).slice(0, left)) {
    // Without a uuid it cannot be asked about; a user that is not listed then counts no longer.
    if (uuid === null) {
      goneUsers.add(key);
      continue;
    }
    const user = await client.users.get(uuid, input.call);
    if (user === null) goneUsers.add(key);
    else users.push(user);
  }
  return { at: bare.at, admins, users, goneUsers, goneAdmins };
}

/** Reads users again that look like rows somebody's creation has not finished yet: they count 1000 GB for the wrong owner. */
export async function rereadHalfMade(
  client: HiddifyClient,
  list: ObservedList,
  known: ReadonlySet<string>,
  options: { clock: Clock; maxLookups: number; call: CallOptions },
): Promise<ObservedList | ListProblem> {
  return asProblem(() => reread(client, list, known, options));
}

async function reread(
  client: HiddifyClient,
  list: ObservedList,
  known: ReadonlySet<string>,
  options: { clock: Clock; maxLookups: number; call: CallOptions },
): Promise<ObservedList> {
  const suspects = list.users.filter(
    (user) =>
      user.uuid !== null &&
      user.limitBytes === 1000 * BYTES_PER_GB &&
      user.usedBytes === 0 &&
      !known.has(ledgerKey(user)),
  );
  if (suspects.length === 0 || suspects.length > options.maxLookups) return list;
  await options.clock.sleep(1000, options.call.signal);
  const again = new Map<string | null, HiddifyUser | null>();
  for (const { uuid } of suspects) if (uuid !== null) again.set(uuid, await client.users.get(uuid, options.call));
  return {
    ...list,
    users: list.users.flatMap((user) => {
      const seen = again.get(user.uuid);
      return seen === undefined ? [user] : seen === null ? [] : [seen];
    }),
  };
}

function unreadable(what: string, list: { unreadable: number; unreadableRows: UnreadableRow[] }): ListProblem {
  const [first] = list.unreadableRows;
  const example = first === undefined ? '' : ` (row ${first.index + 1}: ${first.problem})`;
  return {
    code: 'list_unreadable',
    message: `${list.unreadable} rows of the list of ${what} could not be understood${example}; nobody is disabled or given back.`,
  };
}

/** A list of less than half of the last one is taken for broken, unless `acceptHalved` says that it is right. */
function shrunk(now: BareList, last: SnapshotRecord | null): ListProblem | null {
  if (last === null) return null;
  const kinds = [
    { what: 'users', before: last.users, count: now.users.length },
    { what: 'accounts', before: last.admins, count: now.admins.length },
  ];
  for (const { what, before, count } of kinds) {
    if (count * 2 >= before) continue;
    return {
      code: count === 0 ? 'list_empty' : 'list_halved',
      message: `The list of ${what} is ${count} long where the last one was ${before}; nobody is disabled or given back.`,
    };
  }
  return null;
}

/** So that with more missing users than can be asked about, others come first each time. */
function rotated<T>(items: readonly T[], at: string): T[] {
  if (items.length === 0) return [];
  const start = Math.floor(Date.parse(at) / 60_000) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/**
 * Finds out what became of a reservation by the uuid that it was made with: a whole user is settled, none is released, and one
 * that the panel left half-made is to be completed, or removed where that fails. Of a raise the limit that the panel shows
 * decides.
 */
export async function lookUp(
  { client, clock }: { client: HiddifyClient; clock: Clock },
  reservation: ReservationRecord,
  again: boolean,
): Promise<ReservationLook> {
  const raise = raisedIn(reservation);
  const isDone = (user: HiddifyUser | null): boolean =>
    user !== null && (raise === null || isRaised(raise, reservation.agent, user));
  const uuid = raise?.raises ?? reservation.uuid;
  let user: HiddifyUser | null;
  try {
    user = await client.users.get(uuid);
    // The last request may be on its way.
    if (again && !isDone(user)) {
      await clock.sleep(1000);
      user = await client.users.get(uuid);
    }
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return { state: 'unknown', repair: null, error: itemErrorOf(error) };
  }
  if (raise !== null) return found(isDone(user) ? 'settled' : 'not-raised');
  if (user === null) return found('not-created');
  const wanted = reservation.wanted as NewHiddifyUser;
  const change = differencesOf(user, changeOf(wanted));
  // Whatever else differs was changed by somebody since, as is their right.
  if (!hasDifferences(change) || !isHalfMade(user, wanted)) return found('settled');
  const base: Omit<Step, 'type' | 'payload'> = {
    target: uuid,
    hold: null,
    prior: { name: user.name, ...observedOf(user) },
    ends: [],
    begins: null,
  };
  const payload = { agent: reservation.agent, why: 'half-made' };
  return {
    state: 'half-made',
    repair: [
      { ...base, type: ACTION_TYPES.update, payload: { ...payload, change } },
      { ...base, type: AGENT_STEPS.delete, payload },
    ],
    error: null,
  };
}

function found(state: ReservationLook['state']): ReservationLook {
  return { state, repair: null, error: null };
}
