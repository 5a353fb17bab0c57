import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { call } from './telephony-panel.js';
import { openWorld, type World } from './world.js';

const SPEND = { id: 'spend', window: 'day', allowance: '20.00', action: 'suspend' };

let world: World;
beforeEach(async () => {
  world = await openWorld('ledger', { limits: [SPEND], timeZone: 'America/Sao_Paulo' });
});
afterEach(() => world.close());

/** Fifteen minutes pass between two polls. */
async function pollAt(instant: string): Promise<RunReport> {
  world.clock.set(Date.parse(instant));
  return world.sluice.poll();
}
const toStatus = (): string => world.exchange.subscriber.status;
const toReasons = ({ services: [service] }: RunReport): unknown => service?.holds.map(({ reason }) => reason);
const findLimit = ({ services: [service] }: RunReport) => service?.limits[0];
const toCuba = (startedAt: string, charge: string | null, fields = {}) =>
  call(startedAt, charge, { prefix: '53', destinationDescription: 'Cuba\u001b[31m', ...fields });

describe('a limit in money', () => {
  it('suspends the line at the cap, names the destinations, and releases it when the day ends', async () => {
    const { exchange } = world;
    exchange.calls = [call('2026-11-05T08:00:00-03:00', '1.20'), toCuba('2026-11-05T08:30:00-03:00', '18.7999')];
    const below = await pollAt('2026-11-05T12:00:00Z');
    expect([toReasons(below), toStatus(), below.services[0]?.status]).toEqual([[], 'active', 'ok']);
    expect(below.notices.map(({ message }) => message)).toEqual(['svc-1 has used 90% of its limit "spend"']);
    exchange.calls.push(call('2026-11-05T09:05:00-03:00', '0.0001'));

    const held = await pollAt('2026-11-05T12:15:00Z');
    expect([held.run.outcome, toReasons(held), toStatus()]).toEqual(['done', ['spend'], 'suspended']);
    expect(findLimit(held)).toEqual({
      id: 'spend',
      window: { start: '2026-11-05T03:00:00.000Z', end: '2026-11-06T03:00:00.000Z' },
      unit: 'BRL',
      used: '20.00',
      allowed: '20.00',
      held: true,
    });
    expect(held.notices[0]?.message).toBe(
      'svc-1 is held (spend: 20.00 of 20.00 BRL are spent, most of it on calls to 53 Cuba [31m (18.7999), 5511 Celular (1.2001))',
    );
    const [hold] = await world.store.holds.open();
    expect(hold).toMatchObject({ reason: 'spend', restriction: 'suspend', cycle: 'day 2026-11-05T03:00:00.000Z' });
    expect(await world.store.evidence.open()).toMatchObject([{ hold: hold?.id, kind: 'line', prior: 'active' }]);
    // One read of all lines for each poll.
    expect(exchange.reads).toHaveLength(2);

    expect(toReasons(await pollAt('2026-11-06T02:59:00Z'))).toEqual(['spend']);
    const next = await pollAt('2026-11-06T03:01:00Z');
    expect([next.totals.released, toStatus(), findLimit(next)?.used]).toEqual([1, 'active', '0.00']);
  });

  it('is in the currency of the panel before its first figure', async () => {
    const other = await openWorld('ledger', { limits: [SPEND], currency: 'EUR' });
    await other.sluice.services.add('svc-2', { panel: 'tel', product: 'line', client: '42', status: 'active' });
    await other.sluice.poll();
    expect((await other.sluice.services.show('svc-2')).limits).toMatchObject([{ used: null, unit: 'BRL' }]);
    await other.close();
  });

  it('counts only what the present client of the line called', async () => {
    const { exchange } = world;
    exchange.calls = [toCuba('2026-11-05T08:30:00-03:00', '19')];
    expect(findLimit(await pollAt('2026-11-05T12:00:00Z'))?.used).toBe('19.00');
    await world.sluice.services.set('svc-1', { client: '43' });
    exchange.calls.push(toCuba('2026-11-05T09:30:00-03:00', '2'));
    const next = await pollAt('2026-11-05T13:00:00Z');
    expect([findLimit(next)?.used, toReasons(next)]).toEqual(['2.00', []]);
  });

  it('counts a call where it ended, whenever its record arrives', async () => {
    const { exchange } = world;
    await pollAt('2026-11-05T23:00:00Z');
    // Began before midnight, ended after it, and arrives hours later.
    const late = toCuba('2026-11-05T23:50:00-03:00', '25', { endedAt: '2026-11-06T03:20:00.000Z' });
    expect(toReasons(await pollAt('2026-11-06T03:30:00Z'))).toEqual([]);
    exchange.calls = [late, toCuba('2026-11-05T22:00:00-03:00', '99')];
    expect(findLimit(await pollAt('2026-11-06T08:00:00Z'))).toMatchObject({ used: '25.00', held: true });
  });

  it('releases nothing and holds nothing by a figure that can not be trusted', async () => {
    const { exchange } = world;
    const over = toCuba('2026-11-05T08:10:00-03:00', '30');
    const near = toCuba('2026-11-05T08:00:00-03:00', '19');
    const broken = [
      call('2026-11-05T08:00:00-03:00', '25', { currency: 'USD' }),
      call('2026-11-05T08:00:00-03:00', '-1'),
      { ...near, charge: '31' },
    ];
    for (const bad of broken) {
      exchange.calls = [near, bad];
      const { services, run } = await pollAt('2026-11-05T12:00:00Z');
      expect([services[0]?.status, services[0]?.error?.code, run.outcome]).toEqual([
        'unreadable',
        'spend_unreadable',
        'failed',
      ]);
      expect([services[0]?.holds, findLimit({ services } as RunReport)?.used]).toEqual([[], '19.00']);
    }
    exchange.calls = [call('2026-11-05T08:00:00-03:00', '25', { currency: 'USD' })];
    const other = (await world.sluice.poll({ dryRun: true })).services[0]?.error?.message;
    expect(other).toMatch(/^not all charges .*: call \S+ is in USD, not in BRL$/);
    // What can be summed is enough to hold.
    for (const bad of broken) {
      exchange.calls = [near, over, bad];
      const { services } = await world.sluice.poll({ dryRun: true });
      expect([services[0]?.error?.code, services[0]?.wouldHold]).toEqual(['spend_unreadable', ['spend']]);
    }
    exchange.calls = [over, over];
    expect(toReasons(await pollAt('2026-11-05T13:00:00Z'))).toEqual(['spend']);
    exchange.failure = new Error('down');
    const down = await pollAt('2026-11-06T12:00:00Z');
    expect([toReasons(down), toStatus(), down.services[0]?.error?.message]).toEqual([['spend'], 'suspended', 'down']);
    exchange.failure = null;
    expect(toReasons(await pollAt('2026-11-06T12:15:00Z'))).toEqual([]);
  });

  it('holds by what is charged already, and proves nothing by calls without a charge', async () => {
    const { exchange } = world;
    exchange.calls = [toCuba('2026-11-05T08:00:00-03:00', null), toCuba('2026-11-05T08:00:00-03:00', '19')];
    const { services } = await pollAt('2026-11-05T12:00:00Z');
    expect([services[0]?.error?.code, services[0]?.holds]).toEqual(['spend_incomplete', []]);
    exchange.calls.push(toCuba('2026-11-05T08:10:00-03:00', '1'));
    expect(toReasons(await pollAt('2026-11-05T12:15:00Z'))).toEqual(['spend']);
    // Records that vanish do not lower what was charged.
    exchange.calls = [];
    const kept = await pollAt('2026-11-05T12:30:00Z');
    expect(findLimit(kept)).toMatchObject({ used: '20.00', held: true });
  });

  it('is lifted by a release until a date, and only shown in a dry run', async () => {
    world.exchange.calls = [toCuba('2026-11-05T08:00:00-03:00', '30')];
    world.clock.set(Date.parse('2026-11-05T12:00:00Z'));
    const preview = await world.sluice.poll({ dryRun: true });
    expect([toReasons(preview), preview.services[0]?.wouldHold]).toEqual([[], ['spend']]);
    expect([toStatus(), await world.store.holds.open()]).toEqual(['active', []]);
    await pollAt('2026-11-05T12:15:00Z');
    expect(toStatus()).toBe('suspended');
    await world.sluice.holds.release('svc-1', { until: '2026-11-07' });
    expect(toStatus()).toBe('active');
    const free = await pollAt('2026-11-05T12:30:00Z');
    expect([toReasons(free), toStatus(), findLimit(free)?.used]).toEqual([[], 'active', '30.00']);
  });

  it('asks for each line where the records name none', async () => {
    world.exchange.calls = [toCuba('2026-11-05T08:00:00-03:00', '20', { subscriberId: null })];
    expect(toReasons(await pollAt('2026-11-05T12:00:00Z'))).toEqual(['spend']);
    expect(world.exchange.reads.at(-1)).toMatchObject({ subscriberId: '9001' });
  });

  it('is only shown under observe, and withheld from a protected line', async () => {
    world.exchange.calls = [toCuba('2026-11-05T08:00:00-03:00', '30')];
    await world.sluice.panels.observe('tel');
    const shown = await pollAt('2026-11-05T12:00:00Z');
    expect(shown.services[0]).toMatchObject({ status: 'over', holds: [], wouldHold: ['spend'] });
    expect([toStatus(), shown.notices.map(({ code }) => code)]).toEqual([
      'active',
      expect.arrayContaining(['would_hold']),
    ]);
    await world.sluice.panels.enforce('tel');
    await world.sluice.services.set('svc-1', { protected_until: '2026-11-07' });
    const kept = await pollAt('2026-11-05T12:15:00Z');
    expect([toStatus(), kept.notices.map(({ code }) => code)]).toEqual(['active', ['hold_withheld']]);
  });

  it('ends right when a kill falls between hold and suspension', async () => {
    world.exchange.calls = [toCuba('2026-11-05T08:00:00-03:00', '30')];
    world.clock.set(Date.parse('2026-11-05T12:00:00Z'));
    for (let write = 1; await world.killedAt(write, (sluice) => sluice.poll()); write += 1) {
      const holds = await world.store.holds.open();
      // Never suspended without a hold.
      expect(toStatus() === 'active' || holds.length === 1).toBe(true);
      world.clock.advance(60_000);
    }
    expect([(await world.store.holds.open()).length, toStatus()]).toEqual([1, 'suspended']);
    expect(await world.store.evidence.open()).toHaveLength(1);
    await world.sluice.poll();
    const held = (await world.store.notices.list()).filter(({ code }) => code === 'hold');
    expect(held.map(({ message }) => message)).toEqual([
      expect.stringMatching(/is held \(spend: 30\.00 of 20\.00 BRL are spent.* calls to 53 Cuba .*\(30\.00\)\)$/),
    ]);
    const next = await pollAt('2026-11-06T04:00:00Z');
    expect([next.totals.released, toStatus()]).toEqual([1, 'active']);
  });

  it('is reported as released once, wherever a kill falls', async () => {
    const toDay = (write: number): string => new Date(Date.UTC(2026, 10, 4 + write)).toISOString().slice(0, 10);
    for (let write = 1, killed = true; killed; write += 1) {
      world.exchange.calls = [toCuba(`${toDay(write)}T08:00:00-03:00`, '30')];
      await pollAt(`${toDay(write)}T12:00:00Z`);
      world.clock.set(Date.parse(`${toDay(write + 1)}T04:00:00Z`));
      killed = await world.killedAt(write, (sluice) => sluice.poll());
      await world.sluice.poll();
      const codes = (await world.store.notices.list()).map(({ code }) => code).filter((code) => code !== 'threshold');
      expect([write, toStatus(), codes]).toEqual([write, 'active', Array(write).fill(['hold', 'release']).flat()]);
    }
  });
});

describe('a limit in money over the billing cycle', () => {
  it('needs a billing cycle, and is not skipped in silence', async () => {
    await world.close();
    const openUncounted = (limits: object[]) => openWorld('ledger', { limits, timeZone: 'America/Sao_Paulo' });
    await expect(openUncounted([{ ...SPEND, window: 'cycle' }])).rejects.toThrow('billing_cycle is required');
    world = await openUncounted([SPEND]);
    await world.bench.edit('"window":"day"', '"window":"cycle"');
    const { services, run } = await pollAt('2026-11-05T12:00:00Z');
    expect([services[0]?.status, services[0]?.error?.code, run.outcome]).toEqual(['failed', 'no_cycle', 'failed']);
  });
});

describe('a limit in money, where the clocks change', () => {
  it('covers the 25 hours of the day', async () => {
    await world.close();
    world = await openWorld('ledger', { limits: [SPEND], timeZone: 'Europe/Berlin' });
    world.exchange.calls = [
      toCuba('2026-10-24T22:00:00Z', '10'),
      toCuba('2026-10-25T22:58:00Z', '10'),
      toCuba('2026-10-25T23:00:00Z', '10'),
    ];
    expect(findLimit(await pollAt('2026-10-25T22:59:59Z'))).toMatchObject({
      window: { start: '2026-10-24T22:00:00.000Z', end: '2026-10-25T23:00:00.000Z' },
      used: '20.00',
      held: true,
    });
  });
});
