import { describe, expect, it } from '@jest/globals';
import { action, minute } from '../test/records.js';
import { expectRefused, useStore } from '../test/use-store.js';

describe('actions', () => {
  const at = useStore();

  it('plans an intent once while it is open', async () => {
    await at.store.actions.plan([action('a-1', { key: 'k' })]);
    await expectRefused(at.store.actions.plan([action('a-2', { key: 'k' })]), 'store_conflict');
    await at.store.actions.end('a-1', { state: 'in-doubt', endedAt: null });
    await expectRefused(at.store.actions.plan([action('a-2', { key: 'k' })]), 'store_conflict');
    await at.store.actions.end('a-1', { state: 'applied', endedAt: minute(2) });
    await at.store.actions.plan([action('a-2', { key: 'k' })]);
    expect((await at.store.actions.unresolved()).map((each) => each.id)).toEqual(['a-2']);
  });

  it('keeps each step of an action', async () => {
    await at.store.actions.plan([action('a-1')]);
    await at.store.actions.called('a-1', minute(1));
    await at.store.actions.called('a-1', minute(2));
    await at.store.actions.end('a-1', {
      state: 'failed',
      endedAt: minute(3),
      observed: { enabled: true },
      errorCode: 'PANEL_REJECTED',
      errorMessage: 'no',
    });
    expect(await at.store.actions.list({ run: 'run-1' })).toEqual([
      action('a-1', {
        state: 'failed',
        attempts: 2,
        calledAt: minute(2),
        endedAt: minute(3),
        observed: { enabled: true },
        errorCode: 'PANEL_REJECTED',
        errorMessage: 'no',
      }),
    ]);
    await expect(at.store.actions.called('a-9', minute(1))).rejects.toMatchObject({ code: 'store_not_found' });
    await expectRefused(at.store.actions.end('a-9', { state: 'applied', endedAt: minute(1) }), 'store_not_found');
  });

  it('keeps what was read before the call instead of what was planned', async () => {
    await at.store.actions.plan([action('a-1', { payload: { from: 'plan' } })]);
    await at.store.actions.called('a-1', minute(1));
    expect(await at.store.actions.get('a-1')).toMatchObject({ payload: { from: 'plan' } });
    await at.store.actions.called('a-1', minute(2), { from: 'reading' });
    expect(await at.store.actions.get('a-1')).toMatchObject({ payload: { from: 'reading' }, attempts: 2 });
  });

  it('gives one by its id', async () => {
    await at.store.actions.plan([action('a-1'), action('a-2', { key: 'other' })]);
    expect(await at.store.actions.get('a-2')).toEqual(action('a-2', { key: 'other' }));
    expect(await at.store.actions.get('a-9')).toBeNull();
  });

  it('lists by each filter in the order of planning', async () => {
    await at.store.actions.plan([
      action('a-3', { plannedAt: minute(2), service: null, run: 'run-2', panel: 'relay' }),
      action('a-2', { plannedAt: minute(1) }),
      action('a-1', { plannedAt: minute(1) }),
    ]);
    const ids = async (filter: Parameters<typeof at.store.actions.list>[0]): Promise<string[]> =>
      (await at.store.actions.list(filter)).map((each) => each.id);
    expect(await ids({})).toEqual(['a-2', 'a-1', 'a-3']);
    expect(await ids({ newestFirst: true, limit: 2 })).toEqual(['a-3', 'a-1']);
    expect(await ids({ service: 'svc-1' })).toEqual(['a-2', 'a-1']);
    expect(await ids({ run: 'run-2' })).toEqual(['a-3']);
    expect(await ids({ service: 'svc-1', type: action('a-1').type })).toEqual(['a-2', 'a-1']);
    expect(await ids({ type: 'provision:terminate' })).toEqual([]);
    expect(await ids({ since: minute(2) })).toEqual(['a-3']);
    expect(await ids({ until: minute(1), limit: 1 })).toEqual(['a-2']);
    expect((await at.store.actions.unresolved({ panel: 'dcim', services: ['svc-1'] })).map((each) => each.id)).toEqual([
      'a-2',
      'a-1',
    ]);
    expect((await at.store.actions.unresolved({ panel: 'relay' })).map((each) => each.id)).toEqual(['a-3']);
  });

  it('pages in the order of planning, through what was planned at one instant', async () => {
    await at.store.actions.plan([
      action('a-5', { plannedAt: minute(2), service: 'svc-2' }),
      ...['a-4', 'a-3', 'a-2'].map((id) => action(id, { plannedAt: minute(1) })),
    ]);
    const first = await at.store.actions.page({ limit: 2 });
    expect(first.records.map((each) => each.id)).toEqual(['a-4', 'a-3']);
    const second = await at.store.actions.page({ limit: 2, after: first.next });
    expect(second.records.map((each) => each.id)).toEqual(['a-2', 'a-5']);
    expect(await at.store.actions.page({ limit: 2, after: second.next })).toEqual({ records: [], next: null });
    const { records, next } = await at.store.actions.page({ service: 'svc-2', since: minute(1), limit: 2 });
    expect([records.map((each) => each.id), next]).toEqual([['a-5'], null]);
  });
});
