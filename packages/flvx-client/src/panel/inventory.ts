import { type PanelEntry, toPanelEntry } from '@sluice/panel-kind';
import { sumBytes } from '../account/rules.js';
import { type FlvxUser, toBytes, toIso, UNLIMITED_QUOTA } from '../client/records.js';

/** Returns the users of a list, which has no administrators, as what a service can stand for. */
export function toEntries(users: readonly FlvxUser[]): PanelEntry[] {
  return users.map((user) => {
    const { id, name, status, quota } = user;
    const unlimited = quota === UNLIMITED_QUOTA;
    return toPanelEntry(
      { object: 'user', id: String(id), refs: { flvx_user_id: String(id), flvx_username: name } },
      {
        name,
        state: status === 1 ? 'active' : 'disabled',
        // A negative quota has no meaning in bytes.
        ...{ limitBytes: unlimited || quota < 0 ? null : toBytes(quota), unlimited, usedBytes: sumBytes(user) },
        ...{ expiresAt: toIso(user.expiresAt), createdAt: toIso(user.createdAt) },
      },
    );
  });
}
