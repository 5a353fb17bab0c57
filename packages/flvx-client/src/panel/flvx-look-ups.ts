import type { TunnelView, UserView } from '@sluice/panel-kind';
import { bytesOf, type FlvxClient } from '../index.js';
import { isoOf } from './flvx-account.js';

/** All tunnels of the panel. */
export async function tunnelViews(client: FlvxClient): Promise<TunnelView[]> {
  const tunnels = await client.tunnels.list();
  return tunnels.map(({ id, name, type, status, multiplier, ratio }) => ({
    id,
    name,
    type,
    status,
    multiplier,
    ratio,
  }));
}

/** All users of the panel but its administrators. */
export async function userViews(client: FlvxClient): Promise<UserView[]> {
  const users = await client.users.list();
  return users.map((user) => ({
    id: user.id,
    name: user.name,
    status: user.status,
    usedBytes: user.inBytes + user.outBytes,
    quotaBytes: bytesOf(user.quota),
    expiresAt: isoOf(user.expiresAt),
  }));
}
