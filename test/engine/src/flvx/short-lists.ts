import type { FlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';

/** A row of one of the panel's long lists. */
export type Row = { id: number; userId?: number };

type Lists = { data: Row[]; userTunnels?: Row[] };

/** Where a list is read. */
export const endpoints = { users: 'user/list', forwards: 'forward/list', permissions: 'backup/export' } as const;

export type List = keyof typeof endpoints;

/** Has the panel leave rows out of a list, by default all; returns what ends that. */
export function shorten(at: FlvxBench, list: List, isLeftOut: (row: Row) => boolean = () => true): () => void {
  const keep = (rows: Row[]): Row[] => rows.filter((row) => !isLeftOut(row));
  const change = (json: unknown): unknown => {
    const body = json as Lists;
    if (list !== 'permissions') return { ...body, data: keep(body.data) };
    const userTunnels = keep(body.userTunnels ?? []);
    return { ...body, userTunnels: userTunnels.length === 0 ? undefined : userTunnels };
  };
  return at.panel.server.inject({ endpoint: new RegExp(`${endpoints[list]}$`), fault: { kind: 'mutate', change } });
}

/** Adds the first service with a running forward, which a poll has seen. */
export async function addService(at: FlvxBench): Promise<{ user: number; web: number }> {
  const user = await at.create(1);
  const web = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await pollLater(at);
  return { user, web };
}
