import {
  entryKey,
  type Inventory,
  type PanelEntry,
  type PanelOwner,
  SluiceError,
  toPanelEntry,
} from '@sluice/panel-kind';
import { zonedMidnight } from '@sluice/quota-core';
import { MOST_BYTES } from '../client/check-user.js';
import {
  type HiddifyAdminList,
  type HiddifyUser,
  type HiddifyUserList,
  SELF,
  type UnreadableRow,
} from '../client/records.js';
import type { HiddifyClient } from '../client/types.js';
import { toDetail } from './describe.js';
import { findEndDate } from './product.js';
import { AGENT_REF, USER_REF } from './settings.js';

/** Returns what lists and describes the users of a panel, and lists whom they belong to. */
export function createInventory(
  { users, admins }: Pick<HiddifyClient, 'users' | 'admins'>,
  panel: { name: string; timeZone: string },
): Inventory {
  const listed = new WeakMap<PanelEntry, HiddifyUser>();
  const list = async (signal: AbortSignal): Promise<PanelEntry[]> => {
    const read = await users.list({ signal });
    const entries = toEntries(read, panel);
    for (const [at, entry] of entries.entries()) {
      const user = read.users[at];
      if (user !== undefined) listed.set(entry, user);
    }
    return entries;
  };
  return {
    list,
    async describe(entries, signal) {
      // What was just listed is not read again.
      const isKnown = entries.every((entry) => listed.has(entry));
      const known = new Map((isKnown ? entries : await list(signal)).map((entry) => [entryKey(entry), entry]));
      return new Map(
        entries.flatMap((entry) => {
          const user = listed.get(known.get(entryKey(entry)) ?? entry);
          return user === undefined ? [] : [[entryKey(entry), toDetail(user)]];
        }),
      );
    },
    owners: async (signal) => toOwners(await admins.list({ signal }), panel),
  };
}

/**
 * Returns the users of a list as what a service can stand for. An agent is none: it has limits of its own.
 *
 * @throws SluiceError `list_unreadable` where a row can't be read
 */
export function toEntries(
  { users, unreadable, unreadableRows }: HiddifyUserList,
  { name, timeZone }: { name: string; timeZone: string },
): PanelEntry[] {
  refuseUnreadable({ unreadable, unreadableRows }, { what: 'users', name });
  return users.map((user) => toEntry(user, timeZone));
}

/** Returns the accounts of a list without that of the key, which is in no chain of theirs, and without those that nothing can name. */
function toOwners(
  { admins, unreadable, unreadableRows }: HiddifyAdminList,
  { name: panel }: { name: string },
): PanelOwner[] {
  refuseUnreadable({ unreadable, unreadableRows }, { what: 'accounts', name: panel });
  return admins.flatMap(({ uuid, name, parent, role }) =>
    uuid === null || uuid === SELF
      ? []
      : [{ id: uuid, name, parent: parent === SELF ? null : parent, limitable: role === 'agent' }],
  );
}

function refuseUnreadable(
  { unreadable, unreadableRows }: { unreadable: number; unreadableRows: readonly UnreadableRow[] },
  { what, name }: { what: 'users' | 'accounts'; name: string },
): void {
  if (unreadable === 0) return;
  const [first] = unreadableRows;
  const example = first === undefined ? '' : ` (row ${first.index + 1}: ${first.problem})`;
  throw new SluiceError(
    'list_unreadable',
    `${unreadable} rows of the list of ${what} of panel "${name}" could not be parsed${example}. Correct these ${what} on the panel.`,
    { kind: 'panel', details: { panel: name } },
  );
}

function toEntry(user: HiddifyUser, timeZone: string): PanelEntry {
  const { id, uuid, owner, name, limitBytes, usedBytes, odd, startDate, packageDays } = user;
  const unlimited = limitBytes >= MOST_BYTES;
  // It is served on its last day, too.
  const end = packageDays === null ? null : findEndDate({ startDate, packageDays: packageDays + 1 });
  return toPanelEntry(
    {
      object: 'user',
      id: String(id),
      refs: { [USER_REF]: uuid, [AGENT_REF]: uuid === null || owner === SELF ? null : owner },
    },
    {
      name,
      state: toState(user),
      limitBytes: unlimited || odd?.limitBytes !== undefined ? null : limitBytes,
      unlimited,
      usedBytes: odd?.usedBytes === undefined ? usedBytes : null,
      expiresAt: end === null ? null : zonedMidnight(end, timeZone),
    },
  );
}

function toState({ enabled, active }: Pick<HiddifyUser, 'enabled' | 'active'>): string | null {
  if (!enabled) return 'disabled';
  return active === null ? null : active ? 'active' : 'inactive';
}
