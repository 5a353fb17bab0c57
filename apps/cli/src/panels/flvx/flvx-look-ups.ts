import { bytesOf, type FlvxClient } from '@sluice/flvx-client';
import { isoOf } from './flvx-account.js';

/** One line of `tunnel list` (docs/json.md): type, status and multiplier as the panel has them. */
export interface TunnelView {
  id: number;
  name: string;
  /** 1 port forward, 2 tunnel with exit nodes. */
  type: number;
  /** 1 enabled, 0 disabled. */
  status: number;
  /** Whole factor by which traffic counts; `ratio` is a further one. */
  multiplier: number;
  ratio: number;
}

/** An account of the panel, for `relay users`. */
export interface UserView {
  id: number;
  name: string;
  /** 1 active, 0 disabled. */
  status: number;
  usedBytes: number;
  quotaBytes: number;
  expiresAt: string | null;
}

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
