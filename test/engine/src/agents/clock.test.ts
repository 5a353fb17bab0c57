import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Check } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { codeOf, DAY, GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';

const NOVEMBER = { periodStart: '2026-11-01T00:00:00.000Z', periodEnd: '2026-12-01T00:00:00.000Z' };
const AHEAD = '2027-01-02T12:00:00Z';

const at = useBench(() => startHiddifyBench({ agents: '{ period: monthly }' }));
let user = '';
let right = 0;
beforeEach(async () => {
  await at.limit('north', 10);
  user = at.panel.addUser({ agent: at.north });
  at.panel.use(user, 12 * GB);
  expect((await at.check()).totals).toMatchObject({ exceeded: 1, disabled: 1 });
  right = at.bench.clock.now();
});

/** A clock that is ahead, on a panel that does not say what time it is. */
function runAhead(): void {
  at.panel.server.sendsDate = false;
  at.bench.clock.set(AHEAD);
}

function setRight(): void {
  at.panel.server.sendsDate = true;
  at.bench.clock.set(new Date(right + MINUTE).toISOString());
}

async function account(): Promise<unknown> {
  const [agent] = await at.bench.store.agents.list('vpn');
  return agent?.account;
}

describe('an unconfirmed clock', () => {
  it.each([
    ['a check', () => at.sluice.agents.check()],
    ['a check of one agent', () => at.sluice.agents.check({ agent: 'north' })],
    ['a poll', () => at.sluice.poll()],
    ['a reconcile', () => at.sluice.reconcile()],
  ])('ends no period: %s', async (_call, call) => {
    await at.addService(1, { values: { hiddify_user_uuid: user } });
    const before = await at.bench.store.agents.list('vpn');
    runAhead();
    expect(await codeOf(call())).toBe('clock_unconfirmed');
    expect(at.panel.user(user).enable).toBe(false);
    expect(await at.bench.store.agents.list('vpn')).toEqual(before);
    setRight();
    const next = await at.sluice.agents.check();
    expect(next.agents[0]).toMatchObject({ usedBytes: 12 * GB, exceeded: true });
    expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
  });

  it('keeps no command from being carried out, in the period that is certain', async () => {
    runAhead();
    const limit = await at.limit('north', 30);
    expect(limit).toMatchObject({ limitBytes: 30 * GB, usedBytes: 12 * GB });
    expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
    await expect(at.createUser('north', 'anna', 19)).rejects.toMatchObject({ code: 'agent_limit' });
    await at.createUser('north', 'anna', 2);
    await at.sluice.agents.list();
    expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
  });
});

it('a first limit that was set while the clock was ahead begins with the next check, and concerns no other panel', async () => {
  const other = await startHiddifyBench({ panel: { now: () => right } });
  try {
    const used = other.panel.addUser({ agent: other.north });
    other.panel.use(used, 3 * GB);
    other.bench.clock.set(new Date(right + 8 * DAY).toISOString());
    await other.limit('north', 10);
    other.bench.clock.set(new Date(right).toISOString());
    const key = '00000000-0000-4000-8000-000000000001';
    const gone = `{ kind: hiddify, url: "http://127.0.0.1:9/path", allowHttp: true, retries: 0, apiKey: ${key} }`;
    await other.bench.edit('panels:', `panels:\n  gone: ${gone}`);
    const countAhead = async (panel: string): Promise<number> => {
      const { checks } = await other.sluice.panels.doctor({ panel });
      return checks.filter(({ code }) => code === 'period_ahead').length;
    };
    expect([await countAhead('vpn'), await countAhead('gone')]).toEqual([1, 0]);
    other.panel.use(used, 2 * GB);
    await other.sluice.agents.check({ panel: 'vpn' });
    const { agents } = await other.sluice.agents.list({ panel: 'vpn' });
    expect(agents.find(({ name }) => name === 'north')).toMatchObject({ usedBytes: 5 * GB });
    expect(await countAhead('vpn')).toBe(0);
  } finally {
    await other.close();
  }
});

it('a clock that the panel says is wrong ends no period either', async () => {
  const behind = { ms: 0 };
  let other: HiddifyBench | null = null;
  const now = (): number => (other?.bench.clock.now() ?? Date.parse('2026-11-20T12:00:00Z')) - behind.ms;
  other = await startHiddifyBench({ agents: '{ period: monthly }', panel: { now } });
  await other.limit('north', 10);
  other.bench.clock.set('2026-11-30T23:50:00Z');
  expect((await other.check()).run.outcome).toBe('done');
  behind.ms = 3 * HOUR;
  other.bench.clock.set('2026-12-01T00:10:00Z');
  await other.limit('north', 30);
  expect((await other.bench.store.agents.list('vpn'))[0]?.account).toMatchObject(NOVEMBER);
  behind.ms = 0;
  await other.limit('north', 40);
  expect((await other.bench.store.agents.list('vpn'))[0]?.account).toMatchObject({
    periodStart: NOVEMBER.periodEnd,
  });
  await other.close();
});

it('goes on in the next period by a clock that the panel confirms', async () => {
  at.bench.clock.set(AHEAD);
  const next = await at.sluice.agents.check();
  const period = { start: '2027-01-01T00:00:00.000Z', end: '2027-02-01T00:00:00.000Z' };
  expect(next).toMatchObject({ totals: { restored: 1 }, agents: [{ usedBytes: 0, exceeded: false, period }] });
  expect(at.panel.user(user).enable).toBe(true);
});

it('takes a period back that a clock ahead of time has begun, and doctor names it', async () => {
  const [agent] = await at.bench.store.agents.list('vpn');
  if (agent === undefined) throw new Error('no agent');
  const ahead = { periodStart: '2027-01-01T00:00:00.000Z', periodEnd: '2027-02-01T00:00:00.000Z' };
  const wrong = { ...agent.account!, ...ahead, openedAt: '2026-11-20T12:00:00.000Z', previous: null };
  await at.bench.store.agents.put([{ ...agent, account: wrong }]);
  const found = async (): Promise<Check[]> =>
    (await at.sluice.panels.doctor()).checks.filter(({ name }) => name === 'agent period');
  expect(await found()).toMatchObject([{ object: 'vpn north', status: 'failed' }]);
  await at.check();
  expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
  expect(await found()).toEqual([]);
});

it('a pause of three days is over at once where the panel says the time', async () => {
  at.bench.clock.advance(3 * DAY);
  expect((await at.sluice.agents.check()).run.outcome).toBe('done');
  await at.addService(1, { values: { hiddify_user_uuid: user } });
  expect((await at.pollAfter(3 * DAY)).panels).toEqual([]);
});
