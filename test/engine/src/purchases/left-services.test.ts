import { beforeEach, expect, it } from '@jest/globals';
import { describeRefused } from '@sluice/engine/words';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';

const at = useBench(() =>
  startFlvxBench(`  auto: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, resetDay: 1 }, packages: [extra], autoBuy: { enabled: true, package: extra, thresholdGb: 10, maxPerCycle: 3 } }
currency: EUR
packages: { extra: { traffic: 50GB, price: "5.00" } }
poll: { overdue: ignore, doubt: { jump: off } }
`),
);

const NOW = '2026-11-20T14:00:00.000Z';
const balance = async (): Promise<string> => (await at.sluice.credit.show('42')).balance;
const statuses = async (): Promise<string[]> =>
  (await at.sluice.purchases.list()).purchases.map(({ status }) => status);

/** A service that has used 95 of its 100 GB, with credit that it had not when that was read. */
beforeEach(async () => {
  const user = await at.create(1, { product: 'auto', values: { client: '42' } });
  const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  at.bench.clock.advance(HOUR);
  await at.poll();
  at.panel.traffic(forward, 95 * GB);
  at.bench.clock.advance(HOUR);
  await at.poll();
  await at.sluice.credit.add('42', { amount: '20', currency: 'EUR' });
  at.bench.clock.advance(HOUR);
});

/** Begins a termination that the panel does not finish. */
async function terminate(): Promise<void> {
  at.panel.nodeOffline(1);
  expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('partial');
  expect((await at.bench.store.services.get('svc-1'))?.status).toBe('active');
}

/** Adds a purchase as a process leaves it that is killed between the intent and the charge. */
async function order(actor: 'auto' | 'manual'): Promise<void> {
  const [cycle] = await at.bench.store.cycles.newest(['svc-1']);
  if (cycle === undefined) throw new Error('no cycle');
  await at.bench.store.purchases.add({
    ...{ id: 'pur-open', key: 'open', actor, service: 'svc-1', client: '42', cycle: cycle.id, status: 'pending' },
    ...{ package: 'extra', bytes: 50 * GB, price: '5.00', currency: 'EUR', taxed: false, at: NOW },
    ...{ billing: null, invoice: null, charged: null, paidAt: null, refundedAt: null, refundSentAt: null },
    ...{ run: null, note: null },
  });
}

it('nothing is sold for a service whose termination is not finished, as its packages say', async () => {
  await terminate();
  const { packages } = await at.sluice.purchases.packages({ service: 'svc-1' });
  expect(packages.map(({ refused }) => refused)).toEqual(['termination_unfinished']);
  expect(describeRefused(packages)).toContain('its termination is not finished');
  const bought = at.sluice.purchases.create('svc-1', 'extra');
  await expect(bought).rejects.toMatchObject({ code: 'termination_unfinished' });
  await expect(bought).rejects.toThrow('nothing was charged');
  expect([await statuses(), await balance()]).toEqual([[], '20.00']);
});

it('nothing is sold for an overdue service that runs leave as it is, until it is renewed', async () => {
  await at.sluice.services.set('svc-1', { next_due_date: '2026-11-19' });
  const { packages } = await at.sluice.purchases.packages({ service: 'svc-1' });
  expect(packages.map(({ refused }) => refused)).toEqual(['renewal_due']);
  expect(describeRefused(packages)).toContain('it is overdue');
  await expect(at.sluice.purchases.create('svc-1', 'extra')).rejects.toMatchObject({ code: 'renewal_due' });
  expect([await statuses(), await balance()]).toEqual([[], '20.00']);
  await at.sluice.provision.renew('svc-1');
  await at.poll();
  expect((await at.sluice.purchases.create('svc-1', 'extra')).purchase.status).toBe('paid');
});

it.each<['auto' | 'manual', string, string, () => Promise<unknown>]>([
  ['auto', 'of a service whose termination is not finished is not charged', 'failed', terminate],
  ['manual', 'of a service whose termination is not finished is not charged', 'failed', terminate],
  [
    'auto',
    'of an overdue service that runs leave as it is is not charged',
    'failed',
    () => at.sluice.services.set('svc-1', { next_due_date: '2026-11-19' }),
  ],
  ['auto', 'is charged while nothing has changed', 'paid', () => Promise.resolve()],
  ['manual', 'is charged while nothing has changed', 'paid', () => Promise.resolve()],
])('an unfinished purchase (%s) %s', async (actor, _what, status, change) => {
  await order(actor);
  await change();
  await at.poll();
  expect([await statuses(), await balance()]).toEqual([[status], status === 'paid' ? '15.00' : '20.00']);
});

it.each([
  ['with its invoice', {}],
  ['without its invoice', { invoice: null, charged: null }],
])(
  'what was paid and stored as pending (%s) is returned while the termination is not finished',
  async (_what, lost) => {
    const { id } = (await at.sluice.purchases.create('svc-1', 'extra')).purchase;
    await at.bench.store.purchases.update(id, { status: 'pending', paidAt: null, ...lost });
    await terminate();
    const { notices } = await at.poll();
    expect([await statuses(), await balance()]).toEqual([['refunded'], '20.00']);
    expect(notices.map(({ code }) => code)).toContain('purchase_of_former_client');
  },
);
