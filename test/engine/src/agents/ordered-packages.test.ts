import { afterEach, describe, expect, it } from '@jest/globals';
import type { PurchaseReport } from '@sluice/engine';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';

const CLIENT = 77;

let at: HiddifyBench;
let billing: FakeWhmcs;
let users: string[];
afterEach(async () => {
  await billing.close();
  await at.close();
});

/** Two services of 10 GB of a client without credit, under an agent whose limit has room for one more package. */
async function start(accounting: string): Promise<void> {
  at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }`, billing: [whmcs] });
  const { bench } = at;
  billing = await startFakeWhmcs({ now: bench.clock.now });
  billing.addClient({ id: CLIENT, currency: 'EUR' });
  const { url, identifier, secret } = billing;
  const section = `{ url: "${url}", allowHttp: true, identifier: ${identifier}, secret: ${JSON.stringify(secret)} }`;
  const packages = '{ extra: { traffic: 30GB, price: "5.00" }, more: { traffic: 30GB, price: "5.00" } }';
  await bench.configure(`${bench.text}billing: whmcs\nwhmcs: ${section}\ncurrency: EUR\npackages: ${packages}\n`);
  await bench.edit(/^( {2}agency: .*) \}$/m, '$1, packages: [extra, more] }');
  users = [];
  const values = { client: String(CLIENT) };
  for (const number of [1, 2]) users.push(await at.create(number, { product: 'agency', values }));
  await at.limit('north', accounting === 'consumed' ? 50 : 60);
  await at.pollAfter(HOUR);
}

const buy = (number: number, name = 'extra'): Promise<PurchaseReport> =>
  at.sluice.purchases.create(`svc-${number}`, name);
const limits = (): number[] => users.map((uuid) => at.panel.user(uuid).usageLimit / GB);
const statuses = async (): Promise<string[]> =>
  (await at.sluice.purchases.list()).purchases.map(({ status }) => status);
const payAll = (): void => {
  for (const { id, status } of billing.invoices(CLIENT)) if (status === 'Unpaid') billing.pay(id);
};
const reserved = async (): Promise<number> => ((await at.sluice.agents.show('north')).reservedBytes ?? 0) / GB;

describe.each(['consumed', 'allocated'])('packages that wait for their payment (%s)', (accounting) => {
  it('keep their room until they are paid, so that no other is ordered in vain', async () => {
    await start(accounting);
    const before = await reserved();
    expect((await buy(1)).purchase.status).toBe('pending');
    for (let polls = 0; polls < 2; polls++) {
      expect(await codeOf(buy(1, 'more'))).toBe('agent_limit');
      expect(await codeOf(buy(2))).toBe('agent_limit');
      expect(await reserved()).toBe(before + 30);
      await at.pollAfter(HOUR);
      await at.check();
    }
    expect(billing.invoices(CLIENT)).toHaveLength(1);
    payAll();
    const polled = await at.pollAfter(HOUR);
    expect(polled.services.map(({ error }) => error)).toEqual([null, null]);
    expect([limits(), await statuses()]).toEqual([[40, 10], ['paid']]);
    at.bench.clock.advance(HOUR);
    expect(await reserved()).toBe(accounting === 'consumed' ? before + 30 : before);
  });

  it('give their room back when they are cancelled, or their cycle is over', async () => {
    await start(accounting);
    const before = await reserved();
    const { purchase } = await buy(1);
    await at.pollAfter(HOUR);
    await at.sluice.purchases.cancel(purchase.id);
    await at.pollAfter(HOUR);
    expect(await reserved()).toBe(before);
    expect((await buy(2)).purchase.status).toBe('pending');
    await at.pollAfter(HOUR);
    expect(await codeOf(buy(1))).toBe('agent_limit');
    at.bench.clock.advance(25 * 24 * HOUR);
    await at.poll();
    expect((await buy(1)).purchase.status).toBe('pending');
  });

  it('give their room back when their service ends, paid or not', async () => {
    await start(accounting);
    const before = await reserved();
    await buy(1);
    at.panel.server.inject({ endpoint: /^PATCH /, fault: { kind: 'status', status: 503, body: {} } });
    payAll();
    await at.pollAfter(HOUR);
    expect([await statuses(), await reserved()]).toEqual([['paid'], before + 30]);
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.bench.clock.advance(HOUR);
    expect(await reserved()).toBe(before);
  });

  it('keep their room while their service is pending', async () => {
    await start(accounting);
    const before = await reserved();
    await buy(1);
    // Set back by staff after somebody else had made the account.
    const updatedAt = new Date(at.bench.clock.now()).toISOString();
    await at.bench.store.services.update([{ id: 'svc-1', status: 'pending', updatedAt }]);
    await at.pollAfter(HOUR);
    expect([await statuses(), await reserved()]).toEqual([['pending'], before + 30]);
  });

  it('are reserved for no user that is created meanwhile', async () => {
    await start(accounting);
    await buy(1);
    await at.pollAfter(HOUR);
    expect(await codeOf(at.createUser('north', 'anna', 30))).toBe('agent_limit');
    payAll();
    await at.pollAfter(HOUR);
    expect(limits()).toEqual([40, 10]);
  });

  it('keep their room after the payment until the panel has them', async () => {
    await start(accounting);
    await buy(1);
    payAll();
    const fault = { kind: 'status', status: 500, body: {} } as const;
    const remove = at.panel.server.inject({ endpoint: 'PATCH /api/v2/admin/user/{uuid}/', fault });
    await at.pollAfter(HOUR);
    await at.check();
    remove();
    expect(await statuses()).toEqual(['paid']);
    expect(await codeOf(at.createUser('north', 'anna', 30))).toBe('agent_limit');
    await at.pollAfter(HOUR);
    expect(limits()).toEqual([40, 10]);
  });

  it('are named by a notice where the limit was lowered before they were paid', async () => {
    await start(accounting);
    const { purchase } = await buy(1);
    await at.limit('north', accounting === 'consumed' ? 25 : 30);
    payAll();
    const polled = await at.pollAfter(HOUR);
    expect(polled.services[0]?.error?.code).toBe('agent_limit');
    const notices = polled.notices.filter(({ code }) => code === 'purchase_without_effect');
    expect(notices.map(({ service, message }) => [service, message.includes(purchase.id)])).toEqual([['svc-1', true]]);
    expect(limits()).toEqual([10, 10]);
    await at.limit('north', 90);
    await at.pollAfter(HOUR);
    expect(limits()).toEqual([40, 10]);
  });
});

it('a package that auto-buy would buy has to fit beside one that waits for its payment', async () => {
  await start('allocated');
  await buy(1);
  await at.sluice.autoBuy.set({ service: 'svc-1' }, { enabled: true, package: 'more', threshold: '1GB' });
  billing.addCredit(CLIENT, '100.00');
  at.panel.use(users[0]!, 9.5 * GB);
  const polled = await at.pollAfter(HOUR);
  expect([polled.totals.purchased, await statuses()]).toEqual([0, ['pending']]);
});
