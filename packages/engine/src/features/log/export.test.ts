import { describe, expect, it } from '@jest/globals';
import type { ApiCallRecord, PageCursor } from '@sluice/state-store';
import { exportLog } from './export.js';
import type { Context } from '../../context/context.js';

describe('the export of a log', () => {
  it('reads a page only when the one before is used up', async () => {
    const asked: (PageCursor | null)[] = [];
    const page = ({ after, limit }: { after: PageCursor | null; limit: number }) => {
      asked.push(after);
      const first = after === null ? 0 : after.seq + 1;
      const records = Array.from({ length: limit }, (_, n) => ({ at: 'T', attempt: first + n }) as ApiCallRecord);
      return Promise.resolve({ records, next: { at: 'T', seq: first + limit - 1 } });
    };
    const context = { store: { apiCalls: { page } } } as unknown as Context;
    const entries = exportLog(context, { kinds: ['api'], limit: 1 });
    const take = async (count: number): Promise<unknown[]> => {
      const taken: unknown[] = [];
      while (taken.length < count) {
        const next = await entries.next();
        if (next.done !== true) taken.push(next.value['attempt']);
      }
      return taken;
    };
    expect(await take(500)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(asked).toEqual([null]);
    expect(await take(2)).toEqual([500, 501]);
    expect(asked).toEqual([null, { at: 'T', seq: 499 }]);
    await entries.return(undefined);
  });
});
