import { describe, expect, it } from '@jest/globals';
import { apiCall, minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('API calls', () => {
  const at = useStore();

  it('lists by each filter, newest first', async () => {
    const failed = apiCall(minute(3), {
      panel: 'relay',
      run: null,
      service: null,
      status: null,
      ok: false,
      code: 'PANEL_TIMEOUT',
      message: 'no answer',
      changing: true,
      durationMs: 12.6,
    });
    await at.store.apiCalls.add([apiCall(minute(1)), apiCall(minute(1), { attempt: 2 }), failed]);
    const calls = await at.store.apiCalls.list();
    expect(calls).toEqual([{ ...failed, durationMs: 13 }, apiCall(minute(1), { attempt: 2 }), apiCall(minute(1))]);
    expect(await at.store.apiCalls.list({ panel: 'relay' })).toHaveLength(1);
    expect(await at.store.apiCalls.list({ service: 'svc-1', run: 'run-1' })).toHaveLength(2);
    expect(await at.store.apiCalls.list({ since: minute(2) })).toHaveLength(1);
    expect(await at.store.apiCalls.list({ until: minute(2), limit: 1 })).toEqual([apiCall(minute(1), { attempt: 2 })]);
  });

  it('pages in the order of calling', async () => {
    const calls = [5, 4, 3, 2, 1].map((n) => apiCall(minute(n), { service: n === 4 ? null : 'svc-1' }));
    await at.store.apiCalls.add(calls);
    const first = await at.store.apiCalls.page({ service: 'svc-1', since: minute(2), limit: 2 });
    expect(first.records.map((call) => call.at)).toEqual([minute(2), minute(3)]);
    const second = await at.store.apiCalls.page({ service: 'svc-1', limit: 2, after: first.next });
    expect([second.records.map((call) => call.at), second.next]).toEqual([[minute(5)], null]);
  });

  it('follows in the order of writing, what was called earlier too', async () => {
    await at.store.apiCalls.add([apiCall(minute(5)), apiCall(minute(6))]);
    const begun = await at.store.apiCalls.written({ after: null, limit: 1 });
    expect(begun.records.map((call) => call.at)).toEqual([minute(6)]);
    await at.store.apiCalls.add([1, 2, 3].map((n) => apiCall(minute(n), { service: `svc-${n}` })));
    const first = await at.store.apiCalls.written({ after: begun.last, limit: 2 });
    expect(first.records.map((call) => call.at)).toEqual([minute(1), minute(2)]);
    const second = await at.store.apiCalls.written({ after: first.last, limit: 2 });
    expect(second.records.map((call) => call.at)).toEqual([minute(3)]);
    const filtered = await at.store.apiCalls.written({
      service: 'svc-1',
      since: minute(1),
      after: begun.last,
      limit: 2,
    });
    expect([filtered.records.length, filtered.last]).toEqual([1, second.last]);
    expect(await at.store.apiCalls.written({ after: second.last, limit: 2 })).toEqual({
      records: [],
      last: second.last,
    });
  });

  it('goes on when everything that it had followed was deleted', async () => {
    await at.store.apiCalls.add([apiCall(minute(1)), apiCall(minute(2))]);
    const { last } = await at.store.apiCalls.written({ after: null, limit: 9 });
    await at.store.maintenance.prune({ now: minute(60 * 24 * 9), apiLogDays: 1, samplesDays: 90 });
    const emptied = await at.store.apiCalls.written({ after: last, limit: 9 });
    expect(emptied).toEqual({ records: [], last: 0 });
    await at.store.apiCalls.add([apiCall(minute(60 * 24 * 9))]);
    expect((await at.store.apiCalls.written({ after: emptied.last, limit: 9 })).records).toHaveLength(1);
  });
});
