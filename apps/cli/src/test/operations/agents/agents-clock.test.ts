import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Check, CheckReport, RunReport } from '@sluice/engine';
import { DAY, GB, HOUR, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

const NOVEMBER = { periodStart: '2026-11-01T00:00:00.000Z', periodEnd: '2026-12-01T00:00:00.000Z' };
const AHEAD = '2027-01-02T12:00:00Z';

let at: HiddifyBench;
let user = '';
let right = 0;
beforeEach(async () => {
  at = await startHiddifyBench({ agents: '{ period: monthly }' });
  await at.sluice('agent limit north --gb 10');
  user = at.panel.addUser({ agent: at.north });
  at.panel.use(user, 12 * GB);
  expect((await at.check()).json<CheckReport>().totals).toMatchObject({ exceeded: 1, disabled: 1 });
  right = at.bench.clock.now();
});
afterEach(() => at.close());

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
  const [agent] = await at.bench.store((store) => store.agents.list('vpn'));
  return agent?.account;
}

describe('an unconfirmed clock', () => {
  it.each(['agent check --all', 'agent check north', 'poll', 'reconcile'])('ends no period: %s', async (words) => {
    await at.addService(1, { values: [`hiddify_user_uuid=${user}`] });
    const before = await at.bench.store((store) => store.agents.list('vpn'));
    runAhead();
    const run = await at.sluice(words);
    expect([run.exitCode, run.json<{ error: { code: string } }>().error.code]).toEqual([1, 'clock_unconfirmed']);
    expect(at.panel.user(user).enable).toBe(false);
    expect(await at.bench.store((store) => store.agents.list('vpn'))).toEqual(before);
    setRight();
    const next = (await at.sluice('agent check --all')).json<CheckReport>();
    expect(next.agents[0]).toMatchObject({ usedBytes: 12 * GB, exceeded: true });
    expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
  });

  it('keeps no command from being carried out, in the period that is certain', async () => {
    runAhead();
    const limit = await at.sluice('agent limit north --gb 30');
    expect([limit.exitCode, limit.json()]).toMatchObject([0, { limitBytes: 30 * GB, usedBytes: 12 * GB }]);
    expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
    const made = await at.sluice('agent create-user north --name anna --gb 19');
    expect([made.exitCode, made.json<{ error: { code: string } }>().error.code]).toEqual([1, 'agent_limit']);
    expect((await at.sluice('agent create-user north --name anna --gb 2')).exitCode).toBe(0);
    expect((await at.sluice('agent list')).exitCode).toBe(0);
    expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
  });
});

it('a clock that the panel says is wrong ends no period either', async () => {
  const behind = { ms: 0 };
  let other: HiddifyBench | null = null;
  const now = (): number => (other?.bench.clock.now() ?? Date.parse('2026-11-20T12:00:00Z')) - behind.ms;
  other = await startHiddifyBench({ agents: '{ period: monthly }', panel: { now } });
  await other.sluice('agent limit north --gb 10');
  other.bench.clock.set('2026-11-30T23:50:00Z');
  expect((await other.check()).exitCode).toBe(0);
  behind.ms = 3 * HOUR;
  other.bench.clock.set('2026-12-01T00:10:00Z');
  expect((await other.sluice('agent limit north --gb 30')).exitCode).toBe(0);
  expect((await other.bench.store((store) => store.agents.list('vpn')))[0]?.account).toMatchObject(NOVEMBER);
  behind.ms = 0;
  expect((await other.sluice('agent limit north --gb 40')).exitCode).toBe(0);
  expect((await other.bench.store((store) => store.agents.list('vpn')))[0]?.account).toMatchObject({
    periodStart: NOVEMBER.periodEnd,
  });
  await other.close();
});

it('goes on in the next period by a clock that the panel confirms', async () => {
  at.bench.clock.set(AHEAD);
  const next = (await at.sluice('agent check --all')).json<CheckReport>();
  expect(next.agents[0]).toMatchObject({ usedBytes: 0, exceeded: false });
  expect(at.panel.user(user).enable).toBe(true);
});

it('takes a period back that a clock ahead of time has begun, and doctor names it', async () => {
  const [agent] = await at.bench.store((store) => store.agents.list('vpn'));
  if (agent === undefined) throw new Error('no agent');
  const ahead = { periodStart: '2027-01-01T00:00:00.000Z', periodEnd: '2027-02-01T00:00:00.000Z' };
  const wrong = { ...agent.account!, ...ahead, openedAt: '2026-11-20T12:00:00.000Z', previous: null };
  await at.bench.store((store) => store.agents.put([{ ...agent, account: wrong }]));
  const found = async (): Promise<Check[]> =>
    (await at.sluice('doctor')).json<{ checks: Check[] }>().checks.filter(({ name }) => name === 'agent period');
  expect(await found()).toMatchObject([{ object: 'vpn north', status: 'failed' }]);
  await at.check();
  expect(await account()).toMatchObject({ ...NOVEMBER, consumedBytes: 12 * GB });
  expect(await found()).toEqual([]);
});

it('a pause of three days is over at once where the panel says the time', async () => {
  at.bench.clock.advance(3 * DAY);
  expect((await at.sluice('agent check --all')).exitCode).toBe(0);
  await at.addService(1, { values: [`hiddify_user_uuid=${user}`] });
  at.bench.clock.advance(3 * DAY);
  expect((await at.poll()).json<RunReport>().panels).toEqual([]);
});
