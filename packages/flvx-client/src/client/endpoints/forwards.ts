import * as z from 'zod';
import type { FlvxBatchCounts, FlvxCallOptions, FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import { parseEvery, forwardChangeRows, forwardRows } from '../parse/rows.js';

const rows = z.array(z.unknown());
const counts = z
  .object({ successCount: z.int(), failCount: z.int() })
  .transform((raw): FlvxBatchCounts => ({ succeeded: raw.successCount, failed: raw.failCount }));

/** The endpoints of forwards that an administrator can use; none makes a forward for a customer (docs/panels/flvx.md, 6.1 and 6.2). */
export function forwardEndpoints(api: FlvxApi): FlvxClient['forwards'] {
  const one =
    (path: string) =>
    (id: number, options?: FlvxCallOptions): Promise<undefined> =>
      api.call({ path: `/forward/${path}`, kind: 'write', body: { id } }, options);
  const many =
    (path: string) =>
    (ids: number[], options?: FlvxCallOptions): Promise<FlvxBatchCounts> =>
      // An empty list is an error on the panel, and nothing to do here.
      ids.length === 0
        ? Promise.resolve({ succeeded: 0, failed: 0 })
        : api.call({ path: `/forward/batch-${path}`, kind: 'write', body: { ids }, data: counts }, options);
  return {
    list: async (options) =>
      parseEvery(api.panel, forwardRows, await api.call({ path: '/forward/list', kind: 'read', data: rows }, options)),
    changedAt: async (options) => {
      const { rows: changes } = forwardChangeRows.read(api.panel, await api.exportForwards(options));
      return new Map(changes.map(({ id, changedAt }) => [id, changedAt]));
    },
    update: (id, changes, options) =>
      api.call({ path: '/forward/update', kind: 'write', body: { ...changes, id } }, options),
    pause: one('pause'),
    resume: one('resume'),
    delete: one('delete'),
    pauseMany: many('pause'),
    resumeMany: many('resume'),
    deleteMany: many('delete'),
    redeployMany: many('redeploy'),
  };
}
