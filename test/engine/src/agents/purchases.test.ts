import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PurchaseReport } from '@sluice/engine';
import { describeEffect } from '@sluice/engine/words';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';

const PATCH = 'PATCH /api/v2/admin/user/{uuid}/';
const SHOP = `currency: EUR
packages: { extra: { traffic: 30GB, price: "5.00" } }
`;

let at: HiddifyBench;
let users: string[];
afterEach(() => at.close());

/** Two services of client 42, each of 10 GB, under an agent whose limit has room for one more package. */
async function start(accounting: string, autoBuy = ''): Promise<void> {
  at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }`, more: SHOP });
  await at.bench.edit(/^( {2}agency: .*) \}$/m, `$1, packages: [extra]${autoBuy} }`);
  users = [];
  for (const number of [1, 2]) users.push(await at.create(number, { product: 'agency', values: { client: '42' } }));
  await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
  await at.limit('north', accounting === 'consumed' ? 50 : 60);
  await at.pollAfter(HOUR);
}

const buy = (number: number): Promise<PurchaseReport> => at.sluice.purchases.create(`svc-${number}`, 'extra');
const limits = (): number[] => users.map((uuid) => at.panel.user(uuid).usageLimit / GB).sort();
/** Expects these quotas on the panel, and this balance and these statuses of purchases. */
const expectSold = async (quotas: number[], account: string[]): Promise<void> => {
  const { balance } = await at.sluice.credit.show('42');
  const { purchases } = await at.sluice.purchases.list();
  expect([limits(), [balance, ...purchases.map(({ status }) => status)]]).toEqual([quotas, account]);
};

describe.each(['consumed', 'allocated'])('a package for the user of a limited agent (%s)', (accounting) => {
  beforeEach(() => start(accounting));

  it('is said to be refused before it is bought, to its client without the figures of the agent', async () => {
    const listFor = async (number: number, reader?: string) =>
      (await at.sluice.purchases.packages({ service: `svc-${number}`, ...(reader !== undefined && { reader }) }))
        .packages;
    expect(await listFor(2)).toMatchObject([{ effect: { stops: [] } }]);
    await buy(1);
    const [offered] = await listFor(2);
    expect(offered?.refused).toBe('agent_limit');
    expect(describeEffect(offered!, [offered!])).toEqual([
      expect.stringMatching(/^Its purchase is refused: a further .* limit of agent "north".* left\.$/),
    ]);
    const own = (await listFor(2, '42'))[0]!;
    expect(own).toMatchObject({ refused: 'agent_limit', effect: { stops: [{ by: 'agent-limit', message: null }] } });
    await at.limit('north', 90);
    expect(await listFor(2)).toMatchObject([{ effect: { stops: [] } }]);
    expect((await listFor(2))[0]?.refused).toBeUndefined();
  });

  it('is written at once where it fits, and refused before it is charged where it does not', async () => {
    await buy(1);
    await expectSold([10, 40], ['95.00', 'paid']);
    const message = expect.stringMatching(/limit of agent "north"/) as unknown;
    await expect(buy(2)).rejects.toMatchObject({ code: 'agent_limit', message });
    await expectSold([10, 40], ['95.00', 'paid']);
    expect((await at.pollAfter(HOUR)).services.map(({ error }) => error)).toEqual([null, null]);
    await at.limit('north', 90);
    await buy(2);
    await expectSold([40, 40], ['90.00', 'paid', 'paid']);
  });

  it('is refused before it is charged where the service is held for its agent', async () => {
    at.panel.use(users[0]!, 6 * GB);
    await at.limit('north', 5);
    at.bench.clock.advance(HOUR);
    await at.check();
    expect(at.panel.user(users[0]!).enable).toBe(false);
    expect(await codeOf(buy(1))).toBe('agent_limit');
    await expectSold([10, 10], ['100.00']);
    await at.limit('north', 90);
    at.bench.clock.advance(HOUR);
    await at.check();
    await buy(1);
    await expectSold([10, 40], ['95.00', 'paid']);
  });

  it('is bought once of two at the same time', async () => {
    const both = [1, 2].map((number) =>
      codeOf(at.bench.inAnother((by) => by.purchases.create(`svc-${number}`, 'extra'))),
    );
    expect((await Promise.all(both)).sort()).toEqual(['agent_limit', null].sort());
    await at.pollAfter(HOUR);
    await expectSold([10, 40], ['95.00', 'paid']);
  });

  it('keeps its room until the panel has it, although the panel failed at first', async () => {
    const remove = at.panel.server.inject({ endpoint: PATCH, fault: { kind: 'status', status: 500, body: {} } });
    const bought = await buy(1);
    remove();
    expect(bought.purchase.status).toBe('paid');
    expect(await codeOf(buy(2))).toBe('agent_limit');
    await at.pollAfter(HOUR);
    await expectSold([10, 40], ['95.00', 'paid']);
  });

  it('is not charged while the panel can’t be read', async () => {
    const remove = at.panel.server.inject({ endpoint: /^GET /, fault: { kind: 'status', status: 500, body: {} } });
    expect(await codeOf(buy(1))).not.toBeNull();
    remove();
    await expectSold([10, 10], ['100.00']);
    await buy(1);
    await expectSold([10, 40], ['95.00', 'paid']);
  });

  it('gives its room back when it is not paid', async () => {
    await at.sluice.services.set('svc-1', { client: '43' });
    await at.sluice.credit.add('43', { amount: '1', currency: 'EUR' });
    expect(await codeOf(buy(1))).toBe('no_credit');
    await buy(2);
    expect(limits()).toEqual([10, 40]);
  });
});

describe.each(['consumed', 'allocated'])('auto-buy for users of a limited agent (%s)', (accounting) => {
  it('buys no more than fits, and says once that the rest does not', async () => {
    await start(accounting, ', autoBuy: { enabled: true, package: extra, thresholdGb: 1, maxPerCycle: 3 }');
    for (const uuid of users) at.panel.use(uuid, 9.5 * GB);
    const polled = await at.pollAfter(HOUR);
    expect([polled.totals.purchased, polled.totals.failed]).toEqual([1, 0]);
    const refused = polled.notices.filter(({ code }) => code === 'auto_buy_refused');
    expect(refused.map(({ message }) => message)).toEqual([expect.stringContaining('agent "north"')]);
    await expectSold([10, 40], ['95.00', 'paid']);
    const again = await at.pollAfter(HOUR);
    expect([again.totals.purchased, again.notices.filter(({ code }) => code === 'auto_buy_refused')]).toEqual([0, []]);
    await at.limit('north', 90);
    expect((await at.pollAfter(HOUR)).totals.purchased).toBe(1);
    await expectSold([40, 40], ['90.00', 'paid', 'paid']);
  });

  it('buys nothing for a service that is held for its agent, until that is over', async () => {
    await start(accounting, ', autoBuy: { enabled: true, package: extra, thresholdGb: 1, maxPerCycle: 3 }');
    at.panel.use(users[0]!, 9.5 * GB);
    await at.limit('north', 5);
    at.bench.clock.advance(HOUR);
    await at.check();
    expect((await at.pollAfter(HOUR)).totals.purchased).toBe(0);
    await expectSold([10, 10], ['100.00']);
    await at.limit('north', 90);
    at.bench.clock.advance(HOUR);
    await at.check();
    await at.pollAfter(HOUR);
    await at.pollAfter(HOUR);
    await expectSold([10, 40], ['95.00', 'paid']);
  });
});
