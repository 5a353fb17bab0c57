import { describe, expect, it } from '@jest/globals';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { passTime, useFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';
import { USER } from './customer.js';

const PRODUCTS = `  mon: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1, 2], resetDay: 1 } }
  own: { panel: relay, quota: { total: 100GB }, flvx: { tunnelIds: [1, 2] } }
  slow:`;

const at = useFlvxBench();

interface Account {
  user: number;
  web: number;
  game: number;
}

const running = ({ web, game }: Account): boolean[] => [web, game].map((id) => at.panel.isRunning(id));

const passUntil = (instant: string): void => {
  passTime(at, Date.parse(instant));
};

/** An account with forwards on two tunnels, read on the evening before the panel's reset. */
async function open(product: string, used: number): Promise<Account> {
  await at.bench.edit('  slow:', PRODUCTS);
  const user = await at.create(1, { product });
  await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
  const web = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  const game = at.panel.addForward(user, at.tunnels.jp, { name: 'game' });
  await pollLater(at);
  at.panel.traffic(web, { in: used, out: 0 });
  passUntil('2026-11-30T23:50:00Z');
  await at.poll();
  return { user, web, game };
}

/** What staff do with the button of the panel. */
function zero(user: number): void {
  const rows = [at.panel.world.users.get(user), ...at.panel.world.permissions.of(user)];
  for (const row of rows) Object.assign(row ?? {}, { inFlow: 0, outFlow: 0 });
}

describe("an account's counters that the panel or staff zero", () => {
  it.each([
    ['the panel', 'mon'],
    ['staff', 'own'],
  ])('leave what its customer has paused before, far from the quota (%s)', async (_, product) => {
    const account = await open(product, 5 * GB);
    at.bench.clock.advance(5 * MINUTE);
    for (const id of [account.web, account.game]) await at.panel.customer(USER).pause(id);
    if (product === 'mon') passUntil('2026-12-01T00:05:00Z');
    else zero(account.user);
    for (let polls = 0; polls < 3; polls++) await pollLater(at);
    expect(at.panel.world.users.get(account.user)?.inFlow).toBe(0);
    expect(running(account)).toEqual([false, false]);
  });

  it.each([
    ['the panel', 'mon'],
    ['staff', 'own'],
  ])('bring back what the panel has stopped at the quota directly before (%s)', async (_, product) => {
    const account = await open(product, 5 * GB);
    at.bench.clock.advance(5 * MINUTE);
    at.panel.traffic(account.web, { in: 96 * GB, out: 0 });
    expect(running(account)).toEqual([false, false]);
    if (product === 'mon') passUntil('2026-12-01T00:05:00Z');
    else zero(account.user);
    for (let polls = 0; polls < 3; polls++) await pollLater(at);
    expect(running(account)).toEqual([true, true]);
  });
});
