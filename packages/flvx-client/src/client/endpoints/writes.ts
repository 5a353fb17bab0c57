import * as z from 'zod';
import type { FlvxCallOptions, FlvxWrites } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import type { EpochMs } from '../units/units.js';

const id = z.int().positive();
const written = z.object({ id, updatedTime: z.int() });
const node = z.object({ id, name: z.string(), status: z.int(), updatedTime: z.int().default(0) });

/** When each forward, tunnel and node was last written to. A row that can't be read is left out. */
export async function writesOf(api: FlvxApi, options?: FlvxCallOptions): Promise<FlvxWrites> {
  const { at, forwards, tunnels, nodes } = await api.exportSite(options);
  return {
    at: at as EpochMs,
    forwards: instantsOf(forwards),
    tunnels: instantsOf(tunnels),
    nodes: new Map(
      nodes.flatMap((raw) => {
        const read = node.safeParse(raw);
        if (!read.success) return [];
        const { id: key, name, status, updatedTime } = read.data;
        return [[key, { changedAt: updatedTime as EpochMs, online: status === 1, name }] as const];
      }),
    ),
  };
}

function instantsOf(rows: unknown[]): Map<number, EpochMs> {
  return new Map(
    rows.flatMap((raw) => {
      const read = written.safeParse(raw);
      return read.success ? [[read.data.id, read.data.updatedTime as EpochMs] as const] : [];
    }),
  );
}
