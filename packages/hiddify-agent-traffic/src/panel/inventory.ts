import { type PanelEntry, SluiceError, toPanelEntry } from '@sluice/panel-kind';
import { zonedMidnight } from '@sluice/quota-core';
import { MOST_BYTES } from '../client/check-user.js';
import { type HiddifyUser, type HiddifyUserList, SELF } from '../client/records.js';
import { findEndDate } from './product.js';
import { AGENT_REF, USER_REF } from './settings.js';

/**
 * Returns the users of a list as what a service can stand for. An agent is none: it has limits of its own.
 *
 * @throws SluiceError `list_unreadable` where a row can't be read
 */
export function toEntries(
  { users, unreadable, unreadableRows }: HiddifyUserList,
  { name, timeZone }: { name: string; timeZone: string },
): PanelEntry[] {
  if (unreadable > 0) {
    const [first] = unreadableRows;
    const example = first === undefined ? '' : ` (row ${first.index + 1}: ${first.problem})`;
    throw new SluiceError(
      'list_unreadable',
      `${unreadable} rows of the list of users of panel "${name}" could not be parsed${example}. Correct these users on the panel.`,
      { kind: 'panel', details: { panel: name } },
    );
  }
  return users.map((user) => toEntry(user, timeZone));
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
