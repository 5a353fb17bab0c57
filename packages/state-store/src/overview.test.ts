import { describe, expect, it } from '@jest/globals';
import { REPORTED_STATUSES, toReportedStatus } from '@sluice/quota-core';
import { type OverviewNow, TO_RESTRICT } from './overview.js';
import { cycle, decision as storedDecision, hold, minute, override, proof, service } from './test/records.js';
import { isOnPostgres, useStore } from './test/use-store.js';
import type { DecisionRecord } from './records.js';

const limited = (allowedBytes: number): unknown => ({
  kind: 'limited',
  baseBytes: allowedBytes,
  extraBytes: 0,
  allowedBytes,
  parts: [],
});
const decision = (id: string, change: Partial<DecisionRecord> = {}): DecisionRecord =>
  storedDecision(id, {
    ...{ at: minute(1), readAt: minute(1), cycle: null, rule: 'below' },
    ...{ inBytes: 10, outBytes: 20, totalBytes: 30, allowance: limited(100), inputs: { drift: [] } },
    ...change,
  });

const TODAY = { panels: { dcim: '2026-11-20' }, others: '2026-11-20' };

describe('lists for operators', () => {
  const at = useStore();
  const read = (request: Partial<Parameters<typeof at.store.overview.services>[0]> = {}, now: OverviewNow = TODAY) =>
    at.store.overview.services({ order: 'remaining', limit: 100, offset: 0, ...request }, now);
  const countAll = async (now?: OverviewNow) => (await read({}, now)).counts;
  const list = async (request: Partial<Parameters<typeof at.store.overview.services>[0]> = {}) =>
    (await read(request)).rows;

  it('count services with the same error', async () => {
    await at.store.services.put(['one', 'two', 'three', 'fine'].map((id) => service(id)));
    const failed = (id: string, errorCode: string, change: Partial<DecisionRecord> = {}): DecisionRecord =>
      decision(id, { status: 'unreadable', errorCode, errorMessage: `${id} is away`, ...change });
    await at.store.decisions.record([
      failed('two', 'PANEL_NOT_FOUND', { at: minute(2) }),
      failed('one', 'PANEL_NOT_FOUND'),
      failed('three', 'PANEL_TIMEOUT'),
      decision('fine'),
    ]);
    const { panel } = service('one');
    expect(await at.store.overview.errors()).toEqual([
      { panel, code: 'PANEL_NOT_FOUND', services: 2, at: minute(1), service: 'one', message: 'one is away' },
      { panel, code: 'PANEL_TIMEOUT', services: 1, at: minute(1), service: 'three', message: 'three is away' },
    ]);
  });

  it('find services by names and addresses', async () => {
    const paris = {
      name: 'Web server Paris',
      client: '7',
      clientName: 'Sara Rezaei',
      clientEmail: 'sara_r@example.com',
    };
    await at.store.services.put([service('one', paris), service('two', { name: '50% off', clientName: 'علی رضایی' })]);
    const found = async (search: string) => (await list({ search })).map(({ id }) => id);
    expect(await found('rezaei')).toEqual(['one']);
    expect(await found('SERVER paris')).toEqual(['one']);
    expect(await found('a_r@example')).toEqual(['one']);
    expect(await found('رضا')).toEqual(['two']);
    expect(await found('0% ')).toEqual(['two']);
    expect(await found('')).toEqual(['one', 'two']);
    expect(await list({ search: 'paris' })).toMatchObject([{ name: paris.name, clientName: paris.clientName }]);
  });

  it('find services however their names are written', async () => {
    await at.store.services.put([
      service('br', { name: 'Padaria São João', clientName: 'Ünal Straße', client: '+55 (11) 4000-1234' }),
      service('fa', { name: 'مي\u200cرود كتابخانهٔ ۹۱۲۳', clientName: 'فاطمة' }),
      service('plain', { name: 'none' }),
    ]);
    const found = async (search: string) => (await list({ search })).map(({ id }) => id);
    for (const search of ['sao joao', 'SÃO', 'unal strasse', '55 11 40001234', '+551140001234', '005511 4000'])
      expect([search, await found(search)]).toEqual([search, ['br']]);
    for (const search of ['میرود', 'می\u200cرود', 'کتابخانه', '9123', '٩١٢٣', 'فاطمه'])
      expect([search, await found(search)]).toEqual([search, ['fa']]);
    expect(await found('\u200c')).toEqual(['br', 'fa', 'plain']);
    expect(await found('joão fátima')).toEqual([]);
  });

  it('find services by what they are called now', async () => {
    await at.store.services.put([service('one', { name: 'Old', client: '7', clientName: 'Sara' })]);
    const found = async (search: string) => (await list({ search })).map(({ id }) => id);
    await at.store.services.update([{ id: 'one', name: 'Zürich', updatedAt: minute(3) }]);
    expect([await found('old'), await found('zurich')]).toEqual([[], ['one']]);
    await at.store.clients.merge('7', 'client-eight');
    expect([await found('sara'), await found('EIGHT')]).toEqual([[], ['one']]);
  });

  it('rank services by what remains, unknown figures last', async () => {
    const ids = ['full', 'half', 'open', 'unread', 'new'];
    await at.store.services.put(ids.map((id) => service(id, { client: id === 'half' ? '100%_\\' : null })));
    await at.store.cycles.put([cycle('c-1', { service: 'unread', totalBytes: 95 })]);
    await at.store.decisions.record([
      decision('full', { status: 'held', totalBytes: 130, mode: 'TOTAL' }),
      decision('half', { mode: 'IN', inBytes: 50, inputs: { drift: ['port eth0 is up'] } }),
      decision('open', { allowance: { kind: 'unlimited', parts: [] } }),
      decision('unread', {
        status: 'unreadable',
        cycle: 'c-1',
        totalBytes: null,
        readAt: null,
        errorCode: 'E',
        errorMessage: 'm',
      }),
    ]);
    await at.store.holds.add(hold('h-1', { service: 'full', reason: 'quota' }));
    const rows = await list();
    expect(rows.map(({ id, status, usedBytes, remainingBytes }) => [id, status, usedBytes, remainingBytes])).toEqual([
      ['full', 'held', 130, 0],
      ['unread', 'unreadable', 95, 5],
      ['half', 'ok', 50, 50],
      ['new', 'skipped', null, null],
      ['open', 'ok', 30, null],
    ]);
    expect(rows[1]).toMatchObject({ readAt: minute(0), errorCode: 'E', holds: [] });
    expect((await list({ order: 'used', limit: 1, offset: 1 })).map(({ id }) => id)).toEqual(['unread']);
    expect((await list({ search: '%_\\' })).map(({ id }) => id)).toEqual(['half']);
    expect((await list({ drifting: true })).map(({ id }) => id)).toEqual(['half']);
    expect((await list({ status: 'held', panel: 'dcim', product: 'server' })).map(({ holds }) => holds)).toEqual([
      ['quota'],
    ]);
    const counts = await countAll(TODAY);
    expect(counts).toContainEqual({
      ...{ panel: 'dcim', status: 'ok', services: 2, ended: 0 },
      ...{ drifting: 1, driftAcknowledged: 0, failing: 0, doubted: 0, held: 0, wouldHold: 0, nearLimit: 0 },
    });
    expect(counts).toContainEqual({
      ...{ panel: 'dcim', status: 'held', services: 1, ended: 0 },
      ...{ drifting: 0, driftAcknowledged: 0, failing: 0, doubted: 0, held: 1, wouldHold: 0, nearLimit: 1 },
    });
    expect(await at.store.overview.reasons()).toEqual([{ reason: 'quota', services: 1 }]);
    expect(await at.store.overview.holds(5)).toMatchObject([{ service: 'full', reason: 'quota', panel: 'dcim' }]);
  });

  it('count an open hold as held, whatever the last run could read', async () => {
    await at.store.services.put(['held', 'free', 'gone'].map((id) => service(id)));
    const unread = { status: 'unreadable', readAt: null, errorCode: 'E', errorMessage: 'm' } as const;
    await at.store.decisions.record([
      decision('held', unread),
      decision('free', unread),
      decision('gone', { ...unread, status: 'failed' }),
    ]);
    await at.store.holds.add(hold('h-1', { service: 'held' }));
    await at.store.holds.add(hold('h-2', { service: 'gone' }));
    const ids = async (status: string) => (await list({ status })).map(({ id }) => id);
    expect([await ids('held'), await ids('unreadable'), await ids('failed')]).toEqual([
      ['gone', 'held'],
      ['free', 'held'],
      ['gone'],
    ]);
    const counts = await countAll(TODAY);
    expect(counts.map(({ status, services, failing }) => [status, services, failing])).toEqual([
      ['held', 2, 2],
      ['unreadable', 1, 1],
    ]);
  });

  it('have the status of what failed where nothing of what is held is on the panel', async () => {
    await at.store.services.put(['a', 'b'].map((id) => service(id)));
    const failed = { status: 'failed', errorCode: 'E', errorMessage: 'm' } as const;
    await at.store.decisions.record(['a', 'b'].map((id) => decision(id, failed)));
    for (const id of ['a', 'b']) await at.store.holds.add(hold(`h-${id}`, { service: id, reason: 'quota' }));
    await at.store.conditions.put({ key: `${TO_RESTRICT}h-a`, since: minute(5), runs: 1, details: null });
    const statuses = async () => (await list({ order: 'id' })).map(({ status }) => status);
    expect(await statuses()).toEqual(['failed', 'held']);
    expect((await list({ status: 'held' })).map(({ id }) => id).sort()).toEqual(['a', 'b']);
    await at.store.holds.add(hold('h-2', { service: 'a', reason: 'manual' }));
    expect(await statuses()).toEqual(['held', 'held']);
  });

  it('have a hold that ended until its restriction is undone, and mark one that is not on the panel yet', async () => {
    await at.store.services.put(['a', 'b', 'c'].map((id) => service(id)));
    await at.store.decisions.record(['a', 'b', 'c'].map((id) => decision(id)));
    await at.store.holds.add(hold('h-1', { service: 'a', reason: 'quota' }));
    await at.store.holds.add(hold('h-2', { service: 'b', reason: 'manual' }));
    await at.store.evidence.add(proof('e-1', { hold: 'h-1', service: 'a' }));
    await at.store.holds.end('h-1', minute(5));
    await at.store.conditions.put({ key: `${TO_RESTRICT}h-2`, since: minute(5), runs: 1, details: null });
    const shown = async () =>
      (await list({ order: 'id' })).map(({ id, status, holds, releasing, restricting, partly }) => {
        return [id, status, holds, releasing, restricting, partly];
      });
    expect(await shown()).toEqual([
      ['a', 'held', ['quota'], ['quota'], [], []],
      ['b', 'held', ['manual'], [], ['manual'], []],
      ['c', 'ok', [], [], [], []],
    ]);
    expect((await at.store.holds.lasting()).map(({ id }) => id)).toEqual(['h-1', 'h-2']);
    expect((await at.store.holds.open()).map(({ id }) => id)).toEqual(['h-2']);
    expect((await countAll(TODAY)).map(({ status, held }) => [status, held])).toEqual([
      ['held', 2],
      ['ok', 0],
    ]);
    expect(await at.store.overview.reasons()).toEqual([
      { reason: 'manual', services: 1 },
      { reason: 'quota', services: 1 },
    ]);
    const marks = (await at.store.overview.holds(5)).map(({ service: id, releasing, restricting, partly }) => {
      return [id, releasing, restricting, partly];
    });
    expect(marks).toEqual([
      ['a', true, false, false],
      ['b', false, true, false],
    ]);
    await at.store.evidence.add(proof('e-2', { hold: 'h-2', service: 'b', target: '7002', since: minute(5) }));
    expect((await shown())[1]).toEqual(['b', 'held', ['manual'], [], [], ['manual']]);
    expect((await at.store.overview.holds(5))[1]).toMatchObject({ service: 'b', restricting: false, partly: true });
    await at.store.evidence.end('e-1', minute(6), 'undone');
    expect((await shown())[0]).toEqual(['a', 'ok', [], [], [], []]);
    expect((await at.store.holds.lasting()).map(({ id }) => id)).toEqual(['h-2']);
  });

  it('count holds that commands began and ended, and those that were not added', async () => {
    await at.store.services.put(['a', 'b', 'c', 'd'].map((id) => service(id)));
    await at.store.decisions.record([
      decision('a'),
      decision('b', { status: 'held' }),
      decision('c', { status: 'held', observing: true, wouldHold: ['quota'] }),
    ]);
    await at.store.holds.add(hold('h-1', { service: 'a', reason: 'manual' }));
    await at.store.holds.add(hold('h-2', { service: 'd', reason: 'manual' }));
    const rows = await list({ order: 'id' });
    expect(rows.map(({ id, status, holds, wouldHold }) => [id, status, holds, wouldHold])).toEqual([
      ['a', 'held', ['manual'], []],
      ['b', 'ok', [], []],
      ['c', 'over', [], ['quota']],
      ['d', 'held', ['manual'], []],
    ]);
    expect((await list({ status: 'over' })).map(({ id }) => id)).toEqual(['c']);
    expect((await list({ status: 'would-be-held' })).map(({ id }) => id)).toEqual(['c']);
    expect((await countAll()).filter(({ status }) => status === 'over')).toMatchObject([{ held: 0, wouldHold: 1 }]);
  });

  it('count no hold that a protection or a release withholds today', async () => {
    const until = { protected: { protectedUntil: '2026-11-21' }, released: { quotaReleasedUntil: '2026-11-21' } };
    const ended = { protectedUntil: '2026-11-20', quotaReleasedUntil: '2026-11-20' };
    await at.store.services.put([
      service('protected', until.protected),
      service('released', until.released),
      service('ended', ended),
      service('elsewhere', { ...until.protected, panel: 'far' }),
    ]);
    const wouldHold = ['quota', 'manual', 'billing', 'spend'];
    const ids = ['protected', 'released', 'ended', 'elsewhere'];
    await at.store.decisions.record(ids.map((id) => decision(id, { wouldHold })));
    const today = { panels: { far: '2026-11-21' }, others: '2026-11-20' };
    const { rows } = await read({ order: 'id', limit: 10 }, today);
    expect(rows.map((row) => [row.id, row.status, row.wouldHold])).toEqual([
      ['elsewhere', 'over', wouldHold],
      ['ended', 'over', wouldHold],
      ['protected', 'over', ['manual']],
      ['released', 'over', ['manual', 'billing']],
    ]);
    await at.store.decisions.record([decision('protected', { wouldHold: ['billing', 'agent-limit'] })]);
    const own = await read({ order: 'id', limit: 1, search: 'protected' }, today);
    expect([own.matching, own.rows[0]?.status, own.rows[0]?.wouldHold]).toEqual([1, 'ok', []]);
    await at.store.decisions.record([decision('protected', { wouldHold: ['quota'] })]);
    expect(await countAll(today)).toMatchObject([
      { panel: 'dcim', services: 3, wouldHold: 2 },
      { panel: 'far', services: 1, wouldHold: 1 },
    ]);
  });

  it('show what is allowed now, where that has changed since the last decision', async () => {
    await at.store.services.put([service('raised'), service('lifted', { updatedAt: minute(2) }), service('same')]);
    const over = { inBytes: 40, outBytes: 80, totalBytes: 120, mode: 'TOTAL' } as const;
    await at.store.decisions.record(
      ['raised', 'lifted', 'same'].map((id) => decision(id, { ...over, wouldHold: ['quota'] })),
    );
    await at.store.overrides.set(override('o-1', { service: 'raised', since: minute(1) }));
    expect(await at.store.overview.changed()).toEqual(['lifted', 'raised']);
    const changed = [
      { service: 'raised', mode: 'TOTAL', allowance: limited(500), wouldHold: [] },
      { service: 'lifted', mode: 'IN', allowance: { kind: 'unlimited', parts: [] }, wouldHold: [] },
    ] as const;
    const now = { ...TODAY, changed: changed.map((one) => ({ ...one, wouldHold: [] })) };
    const { rows } = await read({ order: 'worst', limit: 10 }, now);
    expect(rows.map((row) => [row.id, row.status, row.usedBytes, row.allowedBytes, row.wouldHold])).toEqual([
      ['same', 'over', 120, 100, ['quota']],
      ['raised', 'ok', 120, 500, []],
      ['lifted', 'ok', 40, null, []],
    ]);
    expect(await countAll(now)).toMatchObject([
      { status: 'ok', services: 2, wouldHold: 0, nearLimit: 0 },
      { status: 'over', services: 1, wouldHold: 1, nearLimit: 1 },
    ]);
    expect(await read({ status: 'would-be-held' }, now)).toMatchObject({ matching: 1, rows: [{ id: 'same' }] });
  });

  it('have the status that quota-core decides, whatever is stored', async () => {
    const cases = [null, ...REPORTED_STATUSES].flatMap((decided) =>
      [true, false].flatMap((held) =>
        [true, false].flatMap((wouldHold) =>
          [true, false].flatMap((usedUp) =>
            [true, false].map((ended) => ({ decided, held, wouldHold, usedUp, ended })),
          ),
        ),
      ),
    );
    const id = (index: number): string => `svc-${index}`;
    await at.store.services.put(
      cases.map(({ ended }, index) => service(id(index), ended ? { status: 'terminated' } : {})),
    );
    await at.store.decisions.record(
      cases.flatMap(({ decided, wouldHold, usedUp }, index) =>
        decided === null
          ? []
          : decision(id(index), {
              status: decided,
              wouldHold: wouldHold ? ['quota'] : [],
              totalBytes: usedUp ? 100 : 99,
            }),
      ),
    );
    for (const [index, { held }] of cases.entries())
      if (held) await at.store.holds.add(hold(`h-${index}`, { service: id(index), reason: 'manual' }));
    const statuses = new Map((await list({ limit: cases.length })).map((row) => [row.id, row.status]));
    // A service without a decision has neither figures nor reasons.
    const known = cases.filter(({ decided, wouldHold, usedUp }) => decided !== null || (!wouldHold && !usedUp));
    for (const one of known) expect([one, statuses.get(id(cases.indexOf(one)))]).toEqual([one, toReportedStatus(one)]);
  });

  it('know when anything was written, here or by another process', async () => {
    const first = await at.store.version();
    // A server counts what is written to all of its databases, such as by tests beside these.
    if (!isOnPostgres()) expect(await at.store.version()).toBe(first);
    await at.store.services.put([service('a')]);
    const second = await at.store.version();
    expect(second).not.toBe(first);
    const other = await at.open();
    await other.services.put([service('b')]);
    expect(await at.store.version()).not.toBe(second);
    const memory = await at.open({ location: ':memory:' });
    const before = await memory.version();
    await memory.services.put([service('a')]);
    expect(await memory.version()).not.toBe(before);
  });
});
