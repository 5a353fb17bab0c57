import { describe, expect, it } from '@jest/globals';
import {
  action,
  apiCall,
  cycle,
  decision,
  hold,
  minute,
  notice,
  override,
  proof,
  purchase,
  run,
  sample,
  service,
} from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('services', () => {
  const at = useStore();

  it('gives back what was put', async () => {
    const full = service('svc-1', {
      client: 'c-1',
      trafficMode: 'IN',
      baseQuotaOverrideGb: '1.5',
      refs: { order_id: '9' },
      ownRefs: ['order_id'],
      fields: { email: 'a@example.org' },
      protectedUntil: '2026-05-01',
    });
    await at.store.services.put([full]);
    expect(await at.store.services.get('svc-1')).toEqual(full);
    expect(await at.store.services.get('svc-2')).toBeNull();
  });

  it('replaces a service of the same id, the last of one call', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.services.put([service('svc-1', { client: 'a' }), service('svc-1', { client: 'b' })]);
    expect(await at.store.services.list()).toEqual([service('svc-1', { client: 'b' })]);
  });

  it('lists by each filter, ordered by id, in pages', async () => {
    await at.store.services.put([
      service('c', { panel: 'relay', product: 'vps', client: '1' }),
      service('a', { client: '1' }),
      service('b', { product: 'vps' }),
    ]);
    const ids = async (filter: Parameters<typeof at.store.services.list>[0]): Promise<string[]> =>
      (await at.store.services.list(filter)).map((each) => each.id);
    expect(await ids({})).toEqual(['a', 'b', 'c']);
    expect(await ids({ panel: 'dcim' })).toEqual(['a', 'b']);
    expect(await ids({ product: 'vps' })).toEqual(['b', 'c']);
    expect(await ids({ client: '1' })).toEqual(['a', 'c']);
    expect(await ids({ ids: ['c', 'a', 'nobody', 'a'] })).toEqual(['a', 'c']);
    expect(await ids({ ids: [] })).toEqual([]);
    expect(await ids({ limit: 2 })).toEqual(['a', 'b']);
    expect(await ids({ limit: 2, after: 'b' })).toEqual(['c']);
    expect(await at.store.services.ids()).toEqual(['a', 'b', 'c']);
  });

  it('removes a service with its usage and keeps the history of what was done', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    for (const id of ['svc-1', 'svc-2']) {
      await at.store.overrides.set(override(`o-${id}`, { service: id }));
      await at.store.cycles.put([cycle(`c-${id}`, { service: id })]);
      await at.store.samples.add([sample(id, minute(1))]);
      await at.store.decisions.record([decision(id)]);
      await at.store.purchases.add(purchase(`p-${id}`, { service: id }));
      await at.store.holds.add(hold(`h-${id}`, { service: id, until: minute(1) }));
      await at.store.actions.plan([action(`a-${id}`, { service: id })]);
    }
    await at.store.services.remove('svc-1');
    expect(await at.store.services.ids()).toEqual(['svc-2']);
    expect((await at.store.overrides.all()).map((each) => each.service)).toEqual(['svc-2']);
    expect(await at.store.cycles.ofService('svc-1')).toEqual([]);
    expect(await at.store.samples.list({ service: 'svc-1' })).toEqual([]);
    expect(await at.store.samples.list({ service: 'svc-2' })).toHaveLength(1);
    expect(await at.store.decisions.at('svc-1', minute(9))).toBeNull();
    expect(await at.store.purchases.list({ service: 'svc-1' })).toHaveLength(1);
    expect(await at.store.holds.all({ service: 'svc-1' })).toHaveLength(1);
    expect(await at.store.actions.list({ service: 'svc-1' })).toHaveLength(1);
  });

  it('does not remove a service that is held', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.holds.add(hold('hold-1'));
    await expect(at.store.services.remove('svc-1')).rejects.toMatchObject({
      code: 'store_conflict',
      row: { table: 'services', id: 'svc-1' },
    });
    await at.store.holds.end('hold-1', minute(1));
    await at.store.services.remove('svc-1');
    expect(await at.store.services.ids()).toEqual([]);
  });
});

describe('overrides', () => {
  const at = useStore();

  it('ends the open one when another is set', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    await at.store.overrides.set(override('o-1'));
    await at.store.overrides.set(override('o-2', { since: minute(5), quotaBytes: null, unlimited: true, mode: 'OUT' }));
    await at.store.overrides.set(override('o-3', { service: 'svc-2' }));
    expect(await at.store.overrides.open(['svc-1'])).toEqual([
      override('o-2', { since: minute(5), quotaBytes: null, unlimited: true, mode: 'OUT' }),
    ]);
    expect((await at.store.overrides.open()).map((each) => each.id)).toEqual(['o-2', 'o-3']);
    expect((await at.store.overrides.all('svc-1')).map((each) => [each.id, each.until])).toEqual([
      ['o-1', minute(5)],
      ['o-2', null],
    ]);
  });

  it('says whether there was one to end', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.overrides.set(override('o-1'));
    expect(await at.store.overrides.end('svc-1', minute(2))).toBe(true);
    expect(await at.store.overrides.end('svc-1', minute(3))).toBe(false);
    expect((await at.store.overrides.all()).map((each) => each.until)).toEqual([minute(2)]);
  });

  it('is refused for a service that is not there', async () => {
    await expect(at.store.overrides.set(override('o-1'))).rejects.toMatchObject({ code: 'store_conflict' });
  });
});

describe('cycles', () => {
  const at = useStore();

  it('gives the newest of each service and the history of one', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2'), service('svc-3')]);
    const march = cycle('c-2');
    const april = cycle('c-1', { start: '2026-04-01T00:00:00.000Z', end: '2026-05-01T00:00:00.000Z', counter: [1] });
    const other = cycle('c-3', { service: 'svc-2', allowance: null, inBytes: null });
    await at.store.cycles.put([april, march, other]);
    expect(await at.store.cycles.newest()).toEqual([april, other]);
    expect(await at.store.cycles.newest(['svc-2', 'svc-3'])).toEqual([other]);
    expect(await at.store.cycles.newest([])).toEqual([]);
    expect(await at.store.cycles.ofService('svc-1')).toEqual([march, april]);
  });

  it('replaces a cycle of the same id', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.cycles.put([cycle('c-1')]);
    const amended = cycle('c-1', { end: '2026-04-15T00:00:00.000Z', thresholds: [80, 90] });
    await at.store.cycles.put([amended]);
    expect(await at.store.cycles.ofService('svc-1')).toEqual([amended]);
  });
});

describe('samples', () => {
  const at = useStore();

  it('lists those of one service by time, cycle and number', async () => {
    await at.store.samples.add([
      sample('svc-1', minute(2)),
      sample('svc-1', minute(1), { outBytes: null }),
      sample('svc-1', minute(3), { cycle: 'cycle-2' }),
      sample('svc-2', minute(1)),
    ]);
    const times = async (filter: object): Promise<string[]> =>
      (await at.store.samples.list({ service: 'svc-1', ...filter })).map((each) => each.at);
    expect(await times({})).toEqual([minute(1), minute(2), minute(3)]);
    expect(await times({ from: minute(2) })).toEqual([minute(2), minute(3)]);
    expect(await times({ to: minute(2) })).toEqual([minute(1), minute(2)]);
    expect(await times({ cycle: 'cycle-2' })).toEqual([minute(3)]);
    expect(await times({ limit: 2 })).toEqual([minute(1), minute(2)]);
    expect(await times({ limit: 2, newestFirst: true })).toEqual([minute(3), minute(2)]);
  });

  it('gives the latest of each service', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    await at.store.samples.add([sample('svc-1', minute(1)), sample('svc-1', minute(5)), sample('svc-2', minute(2))]);
    expect(await at.store.samples.latest()).toEqual([sample('svc-1', minute(5)), sample('svc-2', minute(2))]);
    expect(await at.store.samples.latest(['svc-2'])).toEqual([sample('svc-2', minute(2))]);
  });

  it('keeps one sample of a service at a time, the last', async () => {
    await at.store.samples.add([sample('svc-1', minute(1)), sample('svc-1', minute(1), { inBytes: 8 })]);
    await at.store.samples.add([sample('svc-1', minute(1), { inBytes: 9 })]);
    expect(await at.store.samples.list({ service: 'svc-1' })).toEqual([sample('svc-1', minute(1), { inBytes: 9 })]);
  });

  it('refuses a figure that is no whole number', async () => {
    for (const inBytes of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      await expect(at.store.samples.add([sample('svc-1', minute(1), { inBytes })])).rejects.toMatchObject({
        code: 'store_invalid',
        row: { table: 'usage_samples', id: 'svc-1' },
      });
    }
    expect(await at.store.samples.list({ service: 'svc-1' })).toEqual([]);
  });
});

describe('purchases', () => {
  const at = useStore();

  it('books the same key once', async () => {
    expect(await at.store.purchases.add(purchase('p-1', { key: 'k' }))).toBe(true);
    expect(await at.store.purchases.add(purchase('p-2', { key: 'k', bytes: 7 }))).toBe(false);
    expect(await at.store.purchases.list()).toEqual([purchase('p-1', { key: 'k' })]);
    await expect(at.store.purchases.add(purchase('p-1', { key: 'other' }))).rejects.toMatchObject({
      code: 'store_conflict',
    });
  });

  it('changes a purchase and lists by each filter, oldest first', async () => {
    await at.store.purchases.add(purchase('p-1', { at: minute(3) }));
    await at.store.purchases.add(purchase('p-2', { at: minute(2), service: 'svc-2', cycle: 'cycle-2' }));
    await at.store.purchases.update('p-1', { status: 'paid', paidAt: minute(4), invoice: 'inv-1', cycle: 'cycle-3' });
    await at.store.purchases.update('p-2', {});
    const ids = async (filter: Parameters<typeof at.store.purchases.list>[0]): Promise<string[]> =>
      (await at.store.purchases.list(filter)).map((each) => each.id);
    expect(await ids({})).toEqual(['p-2', 'p-1']);
    expect(await ids({ service: 'svc-2' })).toEqual(['p-2']);
    expect(await ids({ services: ['svc-1', 'svc-2'], cycles: ['cycle-3'] })).toEqual(['p-1']);
    expect(await ids({ status: 'paid' })).toEqual(['p-1']);
    expect(await at.store.purchases.list({ service: 'svc-1' })).toEqual([
      purchase('p-1', { at: minute(3), status: 'paid', paidAt: minute(4), invoice: 'inv-1', cycle: 'cycle-3' }),
    ]);
    await expect(at.store.purchases.update('p-9', { status: 'paid' })).rejects.toMatchObject({
      code: 'store_not_found',
      row: { table: 'purchases', id: 'p-9' },
    });
  });
});

describe('holds', () => {
  const at = useStore();

  it('has one open hold of a reason for each service', async () => {
    expect(await at.store.holds.add(hold('h-1'))).toBe(true);
    expect(await at.store.holds.add(hold('h-2'))).toBe(false);
    expect(await at.store.holds.add(hold('h-3', { reason: 'manual', origin: 'operator', note: 'asked' }))).toBe(true);
    await at.store.holds.end('h-1', minute(5));
    expect(await at.store.holds.add(hold('h-4', { since: minute(6) }))).toBe(true);
    expect((await at.store.holds.open()).map((each) => each.id)).toEqual(['h-3', 'h-4']);
    expect((await at.store.holds.all({ service: 'svc-1' })).map((each) => [each.id, each.until])).toEqual([
      ['h-1', minute(5)],
      ['h-3', null],
      ['h-4', null],
    ]);
  });

  it('keeps the first end', async () => {
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.end('h-1', minute(5));
    await at.store.holds.end('h-1', minute(9));
    expect((await at.store.holds.all()).map((each) => each.until)).toEqual([minute(5)]);
    await expect(at.store.holds.end('h-9', minute(9))).rejects.toMatchObject({ code: 'store_not_found' });
  });

  it('lists open ones by service, panel and reason', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2', { panel: 'relay' })]);
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.add(hold('h-2', { service: 'svc-2' }));
    await at.store.holds.add(hold('h-3', { service: 'svc-2', reason: 'billing' }));
    const ids = async (filter: Parameters<typeof at.store.holds.open>[0]): Promise<string[]> =>
      (await at.store.holds.open(filter)).map((each) => each.id);
    expect(await ids({ services: ['svc-2'] })).toEqual(['h-2', 'h-3']);
    expect(await ids({ panel: 'relay', reason: 'billing' })).toEqual(['h-3']);
    expect(await ids({ panel: 'dcim' })).toEqual(['h-1']);
  });

  it('changes what a hold rests on', async () => {
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.update('h-1', { note: 'n', cycle: null, usedBytes: 20, allowedBytes: null });
    await at.store.holds.update('h-1', {});
    const changed = hold('h-1', { note: 'n', cycle: null, usedBytes: 20, allowedBytes: null });
    expect(await at.store.holds.open()).toEqual([changed]);
    await expect(at.store.holds.update('h-1', { usedBytes: 0.5 })).rejects.toMatchObject({ code: 'store_invalid' });
    expect(await at.store.holds.open()).toEqual([changed]);
  });
});

describe('evidence', () => {
  const at = useStore();

  it('has one open row for each target', async () => {
    await at.store.holds.add(hold('hold-1'));
    expect(await at.store.evidence.add(proof('e-1'))).toBe(true);
    expect(await at.store.evidence.add(proof('e-2'))).toBe(false);
    expect(await at.store.evidence.add(proof('e-3', { target: '7002', adopted: true, prior: null }))).toBe(true);
    await at.store.evidence.end('e-1', minute(4), 'undone');
    await at.store.evidence.end('e-1', minute(5), 'dropped');
    expect(await at.store.evidence.add(proof('e-4', { since: minute(6) }))).toBe(true);
    expect((await at.store.evidence.open()).map((each) => each.id)).toEqual(['e-3', 'e-4']);
    expect(await at.store.evidence.ofHolds(['hold-1'])).toEqual([
      proof('e-1', { until: minute(4), outcome: 'undone' }),
      proof('e-3', { target: '7002', adopted: true, prior: null }),
      proof('e-4', { since: minute(6) }),
    ]);
    expect(await at.store.evidence.open({ panel: 'relay' })).toEqual([]);
    expect(await at.store.evidence.open({ services: ['svc-1'], panel: 'dcim' })).toHaveLength(2);
  });

  it('belongs to a hold that is there', async () => {
    await expect(at.store.evidence.add(proof('e-1'))).rejects.toMatchObject({ code: 'store_conflict' });
    await expect(at.store.evidence.end('e-1', minute(1), 'undone')).rejects.toMatchObject({ code: 'store_not_found' });
  });

  it('moves only while it is open, to a hold of its service', async () => {
    await at.store.holds.add(hold('hold-1'));
    await at.store.holds.add(hold('hold-2', { reason: 'manual' }));
    await at.store.holds.add(hold('hold-3', { service: 'svc-2' }));
    await at.store.evidence.add(proof('e-1'));
    await at.store.evidence.move('e-1', 'hold-2');
    expect((await at.store.evidence.ofHolds(['hold-2'])).map((each) => each.id)).toEqual(['e-1']);
    await expect(at.store.evidence.move('e-1', 'hold-3')).rejects.toMatchObject({ code: 'store_conflict' });
    await expect(at.store.evidence.move('e-1', 'hold-9')).rejects.toMatchObject({ code: 'store_not_found' });
    await expect(at.store.evidence.move('e-9', 'hold-1')).rejects.toMatchObject({ code: 'store_not_found' });
    await at.store.evidence.end('e-1', minute(1), 'undone');
    await expect(at.store.evidence.move('e-1', 'hold-1')).rejects.toMatchObject({ code: 'store_conflict' });
  });
});

describe('actions', () => {
  const at = useStore();

  it('plans an intent once while it is open', async () => {
    await at.store.actions.plan([action('a-1', { key: 'k' })]);
    await expect(at.store.actions.plan([action('a-2', { key: 'k' })])).rejects.toMatchObject({
      code: 'store_conflict',
    });
    await at.store.actions.settle('a-1', { state: 'in-doubt', settledAt: null });
    await expect(at.store.actions.plan([action('a-2', { key: 'k' })])).rejects.toMatchObject({
      code: 'store_conflict',
    });
    await at.store.actions.settle('a-1', { state: 'applied', settledAt: minute(2) });
    await at.store.actions.plan([action('a-2', { key: 'k' })]);
    expect((await at.store.actions.unsettled()).map((each) => each.id)).toEqual(['a-2']);
  });

  it('keeps each step of an action', async () => {
    await at.store.actions.plan([action('a-1')]);
    await at.store.actions.called('a-1', minute(1));
    await at.store.actions.called('a-1', minute(2));
    await at.store.actions.settle('a-1', {
      state: 'failed',
      settledAt: minute(3),
      observed: { enabled: true },
      errorCode: 'PANEL_REJECTED',
      errorMessage: 'no',
    });
    expect(await at.store.actions.list({ run: 'run-1' })).toEqual([
      action('a-1', {
        state: 'failed',
        attempts: 2,
        calledAt: minute(2),
        settledAt: minute(3),
        observed: { enabled: true },
        errorCode: 'PANEL_REJECTED',
        errorMessage: 'no',
      }),
    ]);
    await expect(at.store.actions.called('a-9', minute(1))).rejects.toMatchObject({ code: 'store_not_found' });
    await expect(at.store.actions.settle('a-9', { state: 'applied', settledAt: minute(1) })).rejects.toMatchObject({
      code: 'store_not_found',
    });
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
    expect(await ids({ since: minute(2) })).toEqual(['a-3']);
    expect(await ids({ until: minute(1), limit: 1 })).toEqual(['a-2']);
    expect((await at.store.actions.unsettled({ panel: 'dcim', services: ['svc-1'] })).map((each) => each.id)).toEqual([
      'a-2',
      'a-1',
    ]);
    expect((await at.store.actions.unsettled({ panel: 'relay' })).map((each) => each.id)).toEqual(['a-3']);
  });
});

describe('decisions', () => {
  const at = useStore();

  it('keeps the latest, and the history of what changed it', async () => {
    await at.store.decisions.record([decision('svc-1')]);
    const later = decision('svc-1', {
      run: 'run-2',
      at: minute(5),
      readAt: minute(5),
      totalBytes: 9,
      inputs: { peak: 9, dueDate: '2026-04-01' },
    });
    await at.store.decisions.record([later]);
    const over = decision('svc-1', { run: 'run-3', at: minute(10), status: 'held', totalBytes: 10 });
    await at.store.decisions.record([over]);
    expect(await at.store.decisions.latest()).toEqual([over]);
    expect(await at.store.decisions.at('svc-1', minute(7))).toEqual(decision('svc-1'));
    expect(await at.store.decisions.at('svc-1', minute(10))).toEqual(over);
    expect(await at.store.decisions.at('svc-1', minute(-1))).toBeNull();
    expect(await at.store.decisions.at('svc-2', minute(10))).toBeNull();
    expect(await at.store.decisions.latest(['svc-2'])).toEqual([]);
  });

  it.each([
    ['status', { status: 'held' }],
    ['rule', { rule: 'other' }],
    ['allowance', { allowance: { allowedBytes: 11 } }],
    ['would-be holds', { wouldHold: ['quota'] }],
    ['observing', { observing: true }],
    ['error', { errorCode: 'PANEL_TIMEOUT' }],
    ['inputs', { inputs: { dueDate: '2026-04-02', peak: 3 } }],
  ])('writes history when the %s changes', async (_, change) => {
    await at.store.decisions.record([decision('svc-1')]);
    const changed = decision('svc-1', { at: minute(1), ...change });
    await at.store.decisions.record([changed]);
    await at.store.decisions.record([decision('svc-1', { at: minute(2) })]);
    expect(await at.store.decisions.at('svc-1', minute(1))).toEqual(changed);
  });
});

describe('notices', () => {
  const at = useStore();

  it('writes each event once, and says which were new', async () => {
    const first = notice('n-1', { key: 'k' });
    expect(await at.store.notices.add([first, notice('n-2', { key: 'k' }), notice('n-3')])).toEqual([
      first,
      notice('n-3'),
    ]);
    expect(await at.store.notices.add([notice('n-4', { key: 'k' })])).toEqual([]);
    expect((await at.store.notices.list()).map((each) => each.id)).toEqual(['n-1', 'n-3']);
  });

  it('lists by each filter', async () => {
    await at.store.notices.add([
      notice('n-1', { run: null, service: null, panel: null, at: minute(1) }),
      notice('n-2', { at: minute(2) }),
      notice('n-3', { at: minute(3), run: 'run-2' }),
    ]);
    const ids = async (filter: Parameters<typeof at.store.notices.list>[0]): Promise<string[]> =>
      (await at.store.notices.list(filter)).map((each) => each.id);
    expect(await ids({ run: 'run-2' })).toEqual(['n-3']);
    expect(await ids({ service: 'svc-1' })).toEqual(['n-2', 'n-3']);
    expect(await ids({ since: minute(2), limit: 1 })).toEqual(['n-2']);
    expect(await ids({ newestFirst: true, limit: 1 })).toEqual(['n-3']);
  });
});

describe('runs', () => {
  const at = useStore();

  it('starts, finishes and lists, newest first', async () => {
    await at.store.runs.start(run('run-1'));
    await at.store.runs.start(run('run-2', { startedAt: minute(1), command: 'reconcile', dryRun: true }));
    await at.store.runs.finish('run-1', {
      finishedAt: minute(2),
      exitCode: 3,
      totals: { services: 2 },
      error: 'x',
      observing: ['dcim'],
    });
    expect(await at.store.runs.get('run-1')).toEqual(
      run('run-1', {
        finishedAt: minute(2),
        exitCode: 3,
        totals: { services: 2 },
        error: 'x',
        observing: ['dcim'],
      }),
    );
    expect(await at.store.runs.get('run-9')).toBeNull();
    expect((await at.store.runs.list()).map((each) => each.id)).toEqual(['run-2', 'run-1']);
    expect((await at.store.runs.list({ command: 'poll' })).map((each) => each.id)).toEqual(['run-1']);
    expect((await at.store.runs.list({ since: minute(1), limit: 5 })).map((each) => each.id)).toEqual(['run-2']);
    await expect(
      at.store.runs.finish('run-9', { finishedAt: minute(2), exitCode: 0, totals: null, error: null, observing: [] }),
    ).rejects.toMatchObject({ code: 'store_not_found' });
  });
});

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

describe('switches', () => {
  const at = useStore();

  it('has one for a panel and one for each product', async () => {
    await at.store.switches.set({ panel: 'dcim', product: null, enforce: 'observe', since: minute(0) });
    await at.store.switches.set({ panel: 'dcim', product: 'vps', enforce: 'on', since: minute(1) });
    await at.store.switches.set({ panel: 'dcim', product: null, enforce: 'on', since: minute(2) });
    await at.store.switches.set({ panel: 'relay', product: null, enforce: 'on', since: minute(2) });
    expect(await at.store.switches.list()).toEqual([
      { panel: 'dcim', product: null, enforce: 'on', since: minute(2) },
      { panel: 'dcim', product: 'vps', enforce: 'on', since: minute(1) },
      { panel: 'relay', product: null, enforce: 'on', since: minute(2) },
    ]);
    await at.store.switches.clear('dcim', null);
    expect((await at.store.switches.list()).map((each) => each.product)).toEqual(['vps', null]);
    await at.store.switches.clear('dcim', 'vps');
    await at.store.switches.set({ panel: 'relay', product: 'vps', enforce: 'on', since: minute(2) });
    await at.store.switches.clear('relay');
    expect(await at.store.switches.list()).toEqual([]);
  });
});

describe('fingerprints', () => {
  const at = useStore();

  it('has one for each endpoint of a panel', async () => {
    const shape = { panel: 'dcim', endpoint: 'GET /a', shape: ['data.id:number'], since: minute(0), confirmed: false };
    await at.store.fingerprints.put(shape);
    await at.store.fingerprints.put({ ...shape, confirmed: true });
    await at.store.fingerprints.put({ ...shape, panel: 'relay' });
    expect(await at.store.fingerprints.list('dcim')).toEqual([{ ...shape, confirmed: true }]);
    expect(await at.store.fingerprints.list()).toHaveLength(2);
    await at.store.fingerprints.clear('dcim');
    expect((await at.store.fingerprints.list()).map((each) => each.panel)).toEqual(['relay']);
  });
});
