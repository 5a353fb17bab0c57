import { describe, expect, it } from '@jest/globals';
import type { PackageView } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startShop } from './shop.js';

const at = useBench(startShop);

/** What a buyer reads of a package, and agrees to. */
type Agreed = Pick<PackageView, 'price' | 'currency' | 'bytes' | 'taxed'>;

async function readPrice(id: string): Promise<Agreed> {
  const { packages } = await at.sluice.purchases.packages({ service: 'svc-1' });
  const found = packages.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not offered`);
  const { price, currency, bytes, taxed } = found;
  return { price, currency, bytes, taxed };
}

const change = (from: string, to: string): Promise<unknown> => at.bench.configure(at.bench.text.replace(from, to));
const EXTRA = 'extra-50: { traffic: 50GB, price: "5.00" }';

const buy = (agreed: Agreed | undefined, ref?: string) =>
  at.sluice.purchases.create('svc-1', 'extra-50', { agreed, ref });

describe('a purchase at the price that the buyer agreed to', () => {
  it.each([
    ['a higher price', 'extra-50: { traffic: 50GB, price: "6.00" }', '50 GB for 6.00 EUR'],
    ['a lower price', 'extra-50: { traffic: 50GB, price: "4.00" }', '50 GB for 4.00 EUR'],
    ['less traffic', 'extra-50: { traffic: 40GB, price: "5.00" }', '40 GB for 5.00 EUR'],
    ['another currency', 'extra-50: { traffic: 50GB, price: "5.00", currency: USD }', '50 GB for 5.00 USD'],
  ])('is refused once the package has %s, and nothing is charged', async (_what, now, words) => {
    await at.open(10, '20');
    const agreed = await readPrice('extra-50');
    await change(EXTRA, now);
    const { purchases } = at.sluice;
    const details = { service: 'svc-1', package: 'extra-50', ...(await readPrice('extra-50')) };
    const refused = buy(agreed, 'order-1');
    await expect(refused).rejects.toMatchObject({ code: 'price_changed', kind: 'conflict', details });
    await expect(refused).rejects.toThrow(`it is ${words} now; nothing was charged`);
    expect([(await purchases.list()).purchases, await at.balance()]).toEqual([[], '20.00']);
    if (words.endsWith('USD')) return;
    // The reference is not used up by a refusal.
    const { purchase } = await buy(await readPrice('extra-50'), 'order-1');
    expect([purchase.status, purchase.price]).toEqual(['paid', (await readPrice('extra-50')).price]);
  });

  it('is made at that price, however many zeros it is written with', async () => {
    await at.open(10, '20');
    const agreed = await readPrice('extra-50');
    await buy(agreed);
    await buy({ ...agreed, price: '5' });
    expect(await at.balance()).toBe('10.00');
    await expect(buy({ ...agreed, price: 'five' })).rejects.toMatchObject({ code: 'price_changed' });
    await expect(buy({ ...agreed, bytes: Number.NaN })).rejects.toMatchObject({ code: 'bad_input' });
    expect(await at.balance()).toBe('10.00');
  });

  it('is refused for its price before too little credit is', async () => {
    await at.open(10, '5');
    const agreed = await readPrice('extra-50');
    await change(EXTRA, 'extra-50: { traffic: 50GB, price: "6.00" }');
    await expect(buy(agreed)).rejects.toMatchObject({ code: 'price_changed' });
    await expect(buy(undefined)).rejects.toMatchObject({ code: 'no_credit' });
  });

  it('is repeated as it was made, whatever the package costs by now', async () => {
    await at.open(10, '20');
    const agreed = await readPrice('extra-50');
    const { purchase } = await buy(agreed, 'order-1');
    await change(EXTRA, 'extra-50: { traffic: 50GB, price: "6.00" }');
    expect(await buy(agreed, 'order-1')).toMatchObject({ repeated: true, purchase: { id: purchase.id } });
    expect(await at.balance()).toBe('15.00');
  });

  it('is made at the price of now where none was agreed to', async () => {
    await at.open(10, '20');
    await change(EXTRA, 'extra-50: { traffic: 50GB, price: "6.00" }');
    await at.buy('svc-1', 'extra-50');
    expect(await at.balance()).toBe('14.00');
  });
});
