import type { Clock } from '@sluice/panel-http';
import { type Inventory, type PanelEntry, toPanelEntry } from '@sluice/panel-kind';
import { sumBytes } from '../account/rules.js';
import { isUnlimitedQuota, toSize } from '../client/byte-quota.js';
import type { FlvxClient } from '../client/client.js';
import { type FlvxUser, toIso } from '../client/records.js';
import { unusableList } from '../client/row-list.js';
import { describeUsers, type DescribedFor, type PanelRows } from './moving-in/describe-users.js';

/** Lists the users of a panel, and describes them by its lists: four calls, whatever their number. */
export function createInventory(
  client: FlvxClient,
  { clock, ...described }: Omit<DescribedFor, 'now'> & { clock: Clock },
): Required<Pick<Inventory, 'list' | 'describe'>> {
  return {
    list: async (signal) => toEntries(await client.users.list({}, { signal })),
    async describe(entries, signal) {
      const rows = await readRows(client, signal);
      return describeUsers(entries, rows, { ...described, now: new Date(clock.now()).toISOString() });
    },
  };
}

async function readRows(client: FlvxClient, signal: AbortSignal): Promise<PanelRows> {
  const [users, permissions, tunnels, speedLimits] = await Promise.all([
    client.users.list({}, { signal }),
    client.permissions.list({ signal }),
    client.tunnels.list({ signal }),
    client.speedLimits.list({ signal }),
  ]);
  // An export without permissions is also the answer of another version (docs/panels/flvx.md, H11).
  if (permissions.length === 0 && users.length > 0 && (await client.forwards.list({ signal })).length > 0)
    throw unusableList(client.panel, 'POST /api/v1/backup/export', 'no permissions, although users have forwards');
  return { users, permissions, tunnels, speedLimits };
}

/** Returns the users of a list, which has no administrators, as what a service can stand for. */
export function toEntries(users: readonly FlvxUser[]): PanelEntry[] {
  return users.map((user) => {
    const { id, name, status, quota } = user;
    const unlimited = isUnlimitedQuota(quota);
    return toPanelEntry(
      { object: 'user', id: String(id), refs: { flvx_user_id: String(id), flvx_username: name } },
      {
        name,
        state: status === 1 ? 'active' : 'disabled',
        ...{ limitBytes: unlimited ? null : toSize(quota), unlimited, usedBytes: sumBytes(user) },
        ...{ expiresAt: toIso(user.expiresAt), createdAt: toIso(user.createdAt) },
      },
    );
  });
}
