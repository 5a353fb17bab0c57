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
});
