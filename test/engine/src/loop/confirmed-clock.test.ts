import { startFakeEasyDcim } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import type { CycleRecord } from '@sluice/state-store';
import type { Check } from '@sluice/engine';
import type { DoctorRequest } from '@sluice/engine/options';
import { toIds, TOKEN } from '../bench/easydcim-bench.js';
import { DAY, HOUR } from '../bench/engine-bench.js';
import { CYCLE, expectRightNextRun, nowText, openConfirmed } from './confirmed-world.js';
import { useBench } from '../bench/each-test.js';

const NEXT = { start: '2026-12-15T00:00:00.000Z', end: '2027-01-15T00:00:00.000Z' };

const at = useBench(openConfirmed);

/** All that no run by an unconfirmed clock may change. */
async function recorded(): Promise<unknown> {
  const { store } = at.bench;
  const ids = await store.services.ids();
  const ofEach = async <T>(read: (id: string) => Promise<T>): Promise<T[]> => Promise.all(ids.map(read));
  return {
    cycles: await ofEach((id) => store.cycles.ofService(id)),
    samples: await ofEach((id) => store.samples.list({ service: id })),
    decisions: await store.decisions.latest(),
    holds: await store.holds.all(),
    evidence: await store.evidence.open(),
    actions: await store.actions.list({}),
    confirmed: await store.clock.confirmed(),
  };
}

const readCycles = (id: string): Promise<CycleRecord[]> => at.bench.store.cycles.ofService(id);
const confirmed = (): Promise<string | null> => at.bench.store.clock.confirmed();

async function clockCheck(request?: DoctorRequest): Promise<Check | undefined> {
  return (await at.sluice.panels.doctor(request)).checks.find(({ name }) => name === 'confirmed clock');
}

/** Runs of each kind are refused, and leave everything as it was. */
async function expectUnconfirmed(): Promise<void> {
  const before = await recorded();
  at.panel.server.clearCalls();
  const { sluice } = at.bench;
  for (const call of [
    () => sluice.poll(),
    () => sluice.reconcile(),
    () => sluice.poll({ service: 'svc-1' }),
    () => sluice.plan(),
  ]) {
    const { run, error, panels, services } = await call();
    expect([run.outcome, error?.code, services]).toEqual(['failed', 'clock_unconfirmed', []]);
    expect(panels.map((panel) => [panel.panel, panel.error.code])).toEqual([['dcim', 'clock_unconfirmed']]);
    expect(error?.message).toContain((await confirmed()) ?? 'none');
    expect(error?.message).toContain(nowText(at).slice(0, 16));
  }
  expect(at.panel.server.changingCalls()).toEqual([]);
  expect(await recorded()).toEqual(before);
}

describe('a clock that is ahead', () => {
  it('while the panel is silent opens no cycle, and frees nobody later', async () => {
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    at.skew.ms = 40 * DAY;
    await expectUnconfirmed();
    at.skew.ms = 0;
    silent();
    await expectRightNextRun(at);
  });

  it('by hours while the panel is silent opens no cycle either', async () => {
    at.bench.clock.set('2026-12-14T12:00:00Z');
    await at.poll();
    const before = await readCycles('svc-1');
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    at.skew.ms = 20 * HOUR;
    const run = await at.poll();
    expect([run.run.outcome, run.services.map((service) => service.status)]).toEqual([
      'failed',
      ['unreadable', 'unreadable'],
    ]);
    expect(run.services.map((service) => service.cycle)).toEqual([CYCLE, CYCLE]);
    expect(await readCycles('svc-1')).toEqual(before);
    at.skew.ms = 0;
    silent();
    // The confirmed instant is in front of the clock by less than a day.
    expect((await at.poll()).services.map((service) => service.cycle)).toEqual([CYCLE, CYCLE]);
    expect(await readCycles('svc-1')).toHaveLength(1);
  });

  it('and that the panel does not contradict, decides nothing', async () => {
    at.panel.server.sendsDate = false;
    at.skew.ms = 40 * DAY;
    await expectUnconfirmed();
    expect(await clockCheck()).toMatchObject({ status: 'failed' });
    at.skew.ms = 0;
    await expectRightNextRun(at);
    expect(await clockCheck()).toMatchObject({ status: 'ok' });
  });

  it('keeps no command about one service from being carried out, and records no cycle for it', async () => {
    const before = await readCycles('svc-2');
    const wasConfirmed = await confirmed();
    at.panel.server.sendsDate = false;
    at.skew.ms = 40 * DAY;
    const held = await at.sluice.holds.add('svc-2', { note: 'abuse' });
    expect([held.run.outcome, at.panel.order(toIds(2).order).status]).toEqual(['done', 'suspended']);
    expect(await readCycles('svc-2')).toEqual(before);
    expect(await confirmed()).toBe(wasConfirmed);
    at.panel.server.sendsDate = true;
    expect((await at.sluice.holds.release('svc-2')).run.outcome).toBe('done');
    expect(await readCycles('svc-2')).toEqual(before);
    expect(await confirmed()).toBe(wasConfirmed);
  });
});

describe('a clock that is far behind', () => {
  it('decides nothing where no panel says the time', async () => {
    at.panel.server.sendsDate = false;
    at.skew.ms = -40 * DAY;
    await expectUnconfirmed();
    at.skew.ms = 0;
    await expectRightNextRun(at);
  });
});

describe('a pause of three days', () => {
  it('is over at once where the panel says the time', async () => {
    at.bench.clock.advance(3 * DAY);
    await expectRightNextRun(at);
  });

  it('needs the word of the operator where it does not', async () => {
    at.panel.server.sendsDate = false;
    at.bench.clock.advance(3 * DAY);
    await expectUnconfirmed();
    const before = await confirmed();
    expect((await clockCheck())?.status).toBe('failed');
    expect(await confirmed()).toBe(before);
    const check = await clockCheck({ acceptClock: true });
    expect(check).toMatchObject({ status: 'ok', message: expect.stringContaining(`${nowText(at)} is confirmed now`) });
    expect(check?.message).toContain(before ?? 'none');
    expect(await confirmed()).toBe(nowText(at));
    const { entries } = await at.sluice.log.list({ kinds: ['run'] });
    expect(entries.map(({ command }) => command)).toContain('doctor --accept-clock');
    await expectRightNextRun(at);
  });

  it('is over when another panel says the time', async () => {
    const other = await startFakeEasyDcim({ token: TOKEN, now: at.bench.clock.now, timeZone: 'UTC' });
    const more = `  other: { kind: easydcim, url: "${other.url}", allowHttp: true, token: ${TOKEN}, retries: 0 }`;
    await at.bench.edit('products:', `${more}\nproducts:`);
    at.panel.server.sendsDate = false;
    at.bench.clock.advance(3 * DAY);
    await expectRightNextRun(at);
    await other.close();
  });
});

it('goes on for ever with daily runs where no panel says the time', async () => {
  at.panel.server.sendsDate = false;
  for (let day = 1; day <= 30; day++) {
    at.bench.clock.advance(DAY);
    expect([day, (await at.poll()).run.outcome]).toEqual([day, 'done']);
    expect(await confirmed()).toBe(nowText(at));
  }
  expect((await readCycles('svc-2')).map(({ start, end }) => ({ start, end }))).toEqual([CYCLE, NEXT]);
});

it('moves the confirmed instant back for the operator only', async () => {
  await at.bench.store.clock.accept('2030-01-01T00:00:00.000Z');
  expect((await at.poll()).run.outcome).toBe('done');
  expect(await confirmed()).toBe('2030-01-01T00:00:00.000Z');
  expect(await clockCheck()).toMatchObject({ status: 'warning' });
  expect(await clockCheck({ acceptClock: true })).toMatchObject({ status: 'ok' });
  expect(await confirmed()).toBe(nowText(at));
});
