import * as z from 'zod';
import type { FlvxBatchCounts, FlvxCallOptions, FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';
import { forwardRows } from '../row-list.js';
import { readWrites } from './site.js';

const counts = z
  .object({ successCount: z.int(), failCount: z.int() })
  .transform((raw): FlvxBatchCounts => ({ succeeded: raw.successCount, failed: raw.failCount }));

/** The endpoints of forwards that an administrator can use; none creates a forward for a customer (docs/panels/flvx.md, 6.1 and 6.2). */
export function forwardEndpoints(api: FlvxApi): FlvxClient['forwards'] {
  const one =
    (path: string) =>
    (id: number, options?: FlvxCallOptions): Promise<undefined> =>
      api.call({ path: `/forward/${path}`, kind: 'write', body: { id } }, options);
  const many =
    (path: string) =>
    (ids: number[], options?: FlvxCallOptions): Promise<FlvxBatchCounts> =>
      // The panel answers an empty list with an error.
      ids.length === 0
        ? Promise.resolve({ succeeded: 0, failed: 0 })
        : api.call({ path: `/forward/batch-${path}`, kind: 'write', body: { ids }, data: counts }, options);
  return {
    list: (options) => forwardRows.readAll(api, options),
    listChanges: async (options) => (await readWrites(api, ['forwards'], options)).forwards,
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
