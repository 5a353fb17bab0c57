import { afterEach, expect, it } from '@jest/globals';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { useOpened } from '../bench/each-test.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';

const [at, start] = useOpened(openWhmcsShop);
let other: FakeWhmcs | null = null;
afterEach(() => other?.close());

/** Names another installation in the config, which has a client with the same id. */
async function moveAway(): Promise<FakeWhmcs> {
  const { bench, whmcs } = at;
  other = await startFakeWhmcs({ now: bench.clock.now, identifier: whmcs.identifier, secret: whmcs.secret });
  other.addClient({ id: CLIENT, firstName: 'Zoe', currency: 'EUR', credit: '99.00' });
  await bench.edit(whmcs.url, other.url);
  return other;
}

it('another installation in place of the one that made the invoices is neither charged nor believed', async () => {
  await start({ product: '' });
  await at.use(100);
  const { id } = await at.buyPending();
  await at.sluice.autoBuy.set({ service: 'whmcs-1' }, { enabled: true, package: 'extra' });
  const zoes = await moveAway();
  await at.use(60);
  expect(await at.purchases()).toMatchObject([{ id, status: 'pending' }]);
  expect(zoes.credit(CLIENT)).toBe('99.00');
  await expect(at.sluice.credit.show(String(CLIENT))).rejects.toMatchObject({ code: 'billing_moved' });
  await expect(at.sync()).rejects.toMatchObject({ code: 'billing_moved' });
  await expect(at.buy('later')).rejects.toMatchObject({ code: 'billing_moved' });
  const { checks } = await at.sluice.panels.doctor();
  expect(checks).toContainEqual(expect.objectContaining({ status: 'failed', code: 'billing_moved' }));
  expect(zoes.invoices(CLIENT)).toEqual([]);
  await at.sluice.panels.doctor({ takeOver: true });
  expect(await at.sluice.credit.show(String(CLIENT))).toMatchObject({ balance: '99.00' });
});

it('another installation is one alarm and one notice until it is over', async () => {
  await start({ product: '' });
  await at.use(100);
  await at.buyPending();
  await at.sluice.autoBuy.set({ service: 'whmcs-1' }, { enabled: true, package: 'extra' });
  const former = at.whmcs.url;
  const zoes = await moveAway();
  await expect(at.sync()).rejects.toMatchObject({ code: 'billing_moved' });
  const alarm = {
    code: 'billing_moved',
    event: 'billing',
    service: null,
    message: expect.stringMatching(/^WHMCS has /),
  };
  const alarms = async () => (await at.sluice.notices.alarms()).alarms;
  expect(await alarms()).toMatchObject([alarm]);
  const { notices, services } = await at.use(20);
  expect(notices).toMatchObject([{ code: 'billing_moved', service: null }]);
  expect(services).toMatchObject([{ error: { code: 'billing_moved' } }]);
  expect((await at.use(20)).notices).toEqual([]);
  await at.bench.edit(zoes.url, former);
  expect(await alarms()).toEqual([]);
  await at.use(1);
  await at.bench.edit(former, zoes.url);
  expect((await at.use(1)).notices).toMatchObject([{ code: 'billing_moved' }]);
  await at.sluice.panels.doctor({ takeOver: true });
  expect(await alarms()).toEqual([]);
});

it('a new address of the same installation is used without a word', async () => {
  await start({ product: '' });
  await at.use(100);
  const { invoice } = await at.buyPending();
  await at.bench.edit(at.whmcs.url, at.whmcs.url.replace('127.0.0.1', 'localhost'));
  at.whmcs.pay(invoice);
  await at.use(1);
  expect(await at.purchases()).toMatchObject([{ status: 'paid' }]);
});

it('another installation is refused before the first invoice, too', async () => {
  await start({ product: '' });
  await at.sluice.autoBuy.set({ service: 'whmcs-1' }, { enabled: true, package: 'extra' });
  await at.poll();
  const zoes = await moveAway();
  await at.use(150);
  await expect(at.sync()).rejects.toMatchObject({ code: 'billing_moved' });
  expect([zoes.credit(CLIENT), zoes.invoices(CLIENT)]).toEqual(['99.00', []]);
});

it('a store without an address asks for its invoices first', async () => {
  await start({ product: '' });
  await at.use(100);
  await at.buyPending();
  await at.bench.store.write(({ conditions }) => conditions.end('billing-address:whmcs'));
  await moveAway();
  await at.use(1);
  expect(await at.purchases()).toMatchObject([{ status: 'pending' }]);
  await expect(at.sluice.credit.show(String(CLIENT))).rejects.toMatchObject({ code: 'billing_moved' });
});

it('after a take-over the former installation is another one', async () => {
  await start({ product: '' });
  await at.use(100);
  await at.buyPending();
  const former = at.whmcs.url;
  const zoes = await moveAway();
  expect((await at.sluice.panels.doctor({ takeOver: true })).checks).toContainEqual(
    expect.objectContaining({ name: 'take-over', status: 'warning' }),
  );
  await at.bench.edit(zoes.url, former);
  await expect(at.sluice.credit.show(String(CLIENT))).rejects.toMatchObject({ code: 'billing_moved' });
});

it('a former installation that only lists services is neither synced nor written to in place of another one', async () => {
  await start({ product: '', section: ', pushUsage: megabytes' });
  await at.bench.edit('billing: whmcs', 'billing: ledger');
  await at.poll();
  const zoes = await moveAway();
  await expect(at.sync()).rejects.toMatchObject({ code: 'billing_moved' });
  await at.use(20);
  expect(zoes.server.changingCalls()).toEqual([]);
});
