import { startFakeEasyDcim } from '@sluice/fake-panels';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CycleRecord, StateStore } from '@sluice/state-store';
import type { Check, RunReport } from '@sluice/engine';
import { configText, DAY, GB, HOUR, toIds, startEasyDcimBench, TOKEN, type EasyDcimBench } from './easydcim-bench.js';

const MINUTE = 60_000;
const CYCLE = { start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' };
const NEXT = { start: '2026-12-15T00:00:00.000Z', end: '2027-01-15T00:00:00.000Z' };

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  await at.addService(1);
  await at.addService(2);
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.panel.addTraffic(502, { in: 50 * GB, out: 0 });
  at.bench.clock.advance(DAY);
  expect((await at.poll()).exitCode).toBe(0);
  at.bench.clock.advance(15 * MINUTE);
});
afterEach(() => at.close());

/** All that no run by an unconfirmed clock may change. */
async function recorded(store: StateStore): Promise<unknown> {
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

const readCycles = (id: string): Promise<CycleRecord[]> => at.bench.store((store) => store.cycles.ofService(id));
const confirmed = (): Promise<string | null> => at.bench.store((store) => store.clock.confirmed());
const nowText = (): string => new Date(at.bench.clock.now()).toISOString();
const isDown = (number: number): boolean => at.panel.port(toIds(number).port(1)).adminState === 'down';

async function readChecks(words = 'doctor --json'): Promise<{ exitCode: number; checks: Check[] }> {
  const run = await at.bench.sluice(words);
  return { exitCode: run.exitCode, checks: run.json<{ checks: Check[] }>().checks };
}

async function clockCheck(words?: string): Promise<Check | undefined> {
  return (await readChecks(words)).checks.find((check) => check.name === 'confirmed clock');
}

/** Runs of each kind are refused, and leave everything as it was. */
async function expectUnconfirmed(): Promise<void> {
  const before = await at.bench.store(recorded);
  at.panel.server.clearCalls();
  expect((await at.bench.sluice('poll')).stderr).toContain('"sluice doctor --accept-clock"');
  for (const words of ['poll --json', 'reconcile --json', 'poll --service svc-1 --json', 'plan --json']) {
    const run = await at.bench.sluice(words);
    const { error, panels, services } = run.json<RunReport>();
    expect([words, run.exitCode, error?.code, services]).toEqual([words, 1, 'clock_unconfirmed', []]);
    expect(panels.map((panel) => [panel.panel, panel.error.code])).toEqual([['dcim', 'clock_unconfirmed']]);
    expect(error?.message).toContain((await confirmed()) ?? 'none');
    expect(error?.message).toContain(nowText().slice(0, 16));
  }
  expect(at.panel.server.changingCalls()).toEqual([]);
  expect(await at.bench.store(recorded)).toEqual(before);
}

/** The next run by the right clock meters the cycle that runs, and holds as before. */
async function expectRightNextRun(): Promise<void> {
  at.panel.server.clearCalls();
  const next = await at.poll();
  const { services } = next.json<RunReport>();
  expect(next.exitCode).toBe(0);
  expect(services.map(({ status, cycle }) => [status, cycle])).toEqual([
    ['held', CYCLE],
    ['ok', CYCLE],
  ]);
  expect([isDown(1), isDown(2)]).toEqual([true, false]);
  expect(await readCycles('svc-1')).toHaveLength(1);
  const asked = at.panel.server.calls.filter((call) => call.path.endsWith('/bandwidth'));
  expect(asked.map(({ body }) => body).join()).toContain('2026-11-15');
  expect(await confirmed()).toBe(nowText());
}

describe('a clock that is ahead', () => {
  it('while the panel is silent opens no cycle, and frees nobody later', async () => {
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    at.skew.ms = 40 * DAY;
    await expectUnconfirmed();
    at.skew.ms = 0;
    silent();
    await expectRightNextRun();
  });

  it('by hours while the panel is silent opens no cycle either', async () => {
    at.bench.clock.set('2026-12-14T12:00:00Z');
    await at.poll();
    const before = await readCycles('svc-1');
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    at.skew.ms = 20 * HOUR;
    const run = await at.poll();
    expect([run.exitCode, run.json<RunReport>().services.map((service) => service.status)]).toEqual([
      1,
      ['unreadable', 'unreadable'],
    ]);
    expect(run.json<RunReport>().services.map((service) => service.cycle)).toEqual([CYCLE, CYCLE]);
    expect(await readCycles('svc-1')).toEqual(before);
    at.skew.ms = 0;
    silent();
    // The confirmed instant is in front of the clock by less than a day.
    expect((await at.poll()).json<RunReport>().services.map((service) => service.cycle)).toEqual([CYCLE, CYCLE]);
    expect(await readCycles('svc-1')).toHaveLength(1);
  });

  it('and that the panel does not contradict, decides nothing', async () => {
    at.panel.server.sendsDate = false;
    at.skew.ms = 40 * DAY;
    await expectUnconfirmed();
    expect(await clockCheck()).toMatchObject({ status: 'failed' });
    expect((await at.bench.sluice('doctor')).stdout).toMatch(/✗ confirmed clock .*--accept-clock/);
    at.skew.ms = 0;
    await expectRightNextRun();
    expect(await clockCheck()).toMatchObject({ status: 'ok' });
  });

  it('keeps no command about one service from being carried out, and records no cycle for it', async () => {
    const before = await readCycles('svc-2');
    const wasConfirmed = await confirmed();
    at.panel.server.sendsDate = false;
    at.skew.ms = 40 * DAY;
    const held = await at.bench.sluice('hold add svc-2 --note abuse --json');
    expect([held.exitCode, at.panel.order(toIds(2).order).status]).toEqual([0, 'suspended']);
    expect(await readCycles('svc-2')).toEqual(before);
    expect(await confirmed()).toBe(wasConfirmed);
    at.panel.server.sendsDate = true;
    expect((await at.bench.sluice('hold release svc-2 --json')).exitCode).toBe(0);
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
    await expectRightNextRun();
  });
});

describe('a pause of three days', () => {
  it('is over at once where the panel says the time', async () => {
    at.bench.clock.advance(3 * DAY);
    await expectRightNextRun();
  });

  it('needs the word of the operator where it does not', async () => {
    at.panel.server.sendsDate = false;
    at.bench.clock.advance(3 * DAY);
    await expectUnconfirmed();
    const before = await confirmed();
    expect((await clockCheck())?.status).toBe('failed');
    expect(await confirmed()).toBe(before);
    const accepted = await readChecks('doctor --accept-clock --json');
    expect(accepted.exitCode).toBe(0);
    const check = accepted.checks.find(({ name }) => name === 'confirmed clock');
    expect(check).toMatchObject({ status: 'ok', message: expect.stringContaining(`${nowText()} is confirmed now`) });
    expect(check?.message).toContain(before ?? 'none');
    expect(await confirmed()).toBe(nowText());
    const logged = await at.bench.sluice('log list --runs --json');
    expect(logged.stdout).toContain('doctor --accept-clock');
    await expectRightNextRun();
  });

  it('is over when another panel says the time', async () => {
    const other = await startFakeEasyDcim({ token: TOKEN, now: at.bench.clock.now, timeZone: 'UTC' });
    const more = `  other: { kind: easydcim, url: "${other.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0 }`;
    at.bench.write('sluice.yaml', configText(at.panel.url).replace('products:', `${more}\nproducts:`));
    at.panel.server.sendsDate = false;
    at.bench.clock.advance(3 * DAY);
    await expectRightNextRun();
    await other.close();
  });
});

it('goes on for ever with daily runs where no panel says the time', async () => {
  at.panel.server.sendsDate = false;
  for (let day = 1; day <= 30; day++) {
    at.bench.clock.advance(DAY);
    expect([day, (await at.poll()).exitCode]).toEqual([day, 0]);
    expect(await confirmed()).toBe(nowText());
  }
  expect((await readCycles('svc-2')).map(({ start, end }) => ({ start, end }))).toEqual([CYCLE, NEXT]);
});

it('moves the confirmed instant back for the operator only', async () => {
  await at.bench.store((store) => store.clock.accept('2030-01-01T00:00:00.000Z'));
  expect((await at.poll()).exitCode).toBe(0);
  expect(await confirmed()).toBe('2030-01-01T00:00:00.000Z');
  expect(await clockCheck()).toMatchObject({ status: 'warning' });
  expect((await at.bench.sluice('doctor')).stdout).toMatch(/! confirmed clock .*--accept-clock/);
  expect(await clockCheck('doctor --accept-clock --json')).toMatchObject({ status: 'ok' });
  expect(await confirmed()).toBe(nowText());
});

describe('a recorded cycle that lies in the future', () => {
  const FUTURE = { start: '2026-12-15T00:00:00.000Z', end: '2027-01-15T00:00:00.000Z' };

  /** Leaves the store as a run by a clock that was 40 days ahead did: released, and with the next cycle open. */
  async function recordFuture(): Promise<CycleRecord> {
    for (const words of ['override set svc-1 --unlimited', 'poll', 'override clear svc-1']) {
      expect((await at.bench.sluice(words)).exitCode).toBe(0);
    }
    expect(isDown(1)).toBe(false);
    const [present] = await readCycles('svc-1');
    if (present === undefined) throw new Error('no cycle');
    const openedAt = '2026-12-31T12:00:00.000Z';
    await at.bench.store((store) =>
      store.cycles.put([
        { ...present, closedAt: openedAt },
        { ...present, id: 'cyc-future', ...FUTURE, openedAt, inBytes: 0, outBytes: 0, totalBytes: 0 },
      ]),
    );
    return present;
  }

  it('is named by doctor and mended by the next run, which holds again whom it had freed', async () => {
    const present = await recordFuture();
    const { checks } = await readChecks();
    expect(checks.filter(({ name }) => name === 'cycle')).toEqual([
      { name: 'cycle', object: 'svc-1', status: 'failed', message: expect.stringContaining(FUTURE.start) },
    ]);
    const run = await at.poll();
    const { services, notices } = run.json<RunReport>();
    expect(services.map(({ status, cycle }) => [status, cycle])).toEqual([
      ['held', CYCLE],
      ['ok', CYCLE],
    ]);
    expect(notices.filter(({ code }) => code === 'cycle_mended')).toHaveLength(1);
    expect(isDown(1)).toBe(true);
    const [mended, ...others] = await readCycles('svc-1');
    expect(others).toEqual([]);
    expect(mended).toMatchObject({ id: present.id, ...CYCLE, closedAt: null, totalBytes: 200 * GB });
    expect((await readChecks()).checks.filter(({ name }) => name === 'cycle')).toEqual([]);
    await expectRightNextRun();
  });

  it('gives what was bought for it to the cycle that runs', async () => {
    const present = await recordFuture();
    await at.bench.store((store) =>
      store.purchases.add({
        id: 'buy-1',
        service: 'svc-1',
        package: 'extra',
        bytes: 500 * GB,
        price: '10.00',
        currency: 'EUR',
        status: 'paid',
        actor: 'manual',
        cycle: 'cyc-future',
        client: null,
        billing: 'ledger',
        invoice: null,
        charged: '10.00',
        key: 'buy-1',
        at: nowText(),
        paidAt: nowText(),
        taxed: false,
        refundedAt: null,
        refundSentAt: null,
        run: null,
        note: null,
      }),
    );
    const { services } = (await at.poll()).json<RunReport>();
    expect(services[0]).toMatchObject({ status: 'ok', cycle: CYCLE });
    expect(isDown(1)).toBe(false);
    const bought = await at.bench.store((store) => store.purchases.list({ service: 'svc-1' }));
    expect(bought.map(({ cycle }) => cycle)).toEqual([present.id]);
    expect((await at.poll()).json<RunReport>().services[0]?.status).toBe('ok');
  });

  it('stays as it is while the service can not be read and in a dry run', async () => {
    await recordFuture();
    // The allowance is that of the last decision, read or not.
    const cycles = async (): Promise<unknown[]> =>
      (await readCycles('svc-1')).map((cycle) => ({ ...cycle, allowance: null }));
    const before = await cycles();
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    await at.poll();
    expect(await cycles()).toEqual(before);
    silent();
    const plan = await at.bench.sluice('plan --json');
    expect(plan.json<RunReport>().services[0]).toMatchObject({ status: 'over', wouldHold: ['quota'], cycle: CYCLE });
    expect(await cycles()).toEqual(before);
  });

  it('is brought to the present where it is the only one', async () => {
    await recordFuture();
    await at.bench.store(async (store) => {
      const [present] = await store.cycles.ofService('svc-1');
      await store.cycles.remove([present?.id ?? '']);
    });
    const { services } = (await at.poll()).json<RunReport>();
    expect(services[0]).toMatchObject({ status: 'held', cycle: CYCLE });
    expect(await readCycles('svc-1')).toMatchObject([{ id: 'cyc-future', ...CYCLE }]);
  });
});
