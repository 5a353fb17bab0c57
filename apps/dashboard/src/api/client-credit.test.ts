import { expect, it } from '@jest/globals';
import { openWhmcsShop } from '../test/whmcs-shop.js';

it('the token of a client makes Sluice read its credit once in 30 seconds, and after each change', async () => {
  const { at, fake } = await openWhmcsShop();
  try {
    const token = await at.token('client:42', 'buy');
    const callsOf = async (times: number): Promise<number> => {
      const before = fake.server.totals.calls;
      for (let n = 0; n < times; n++) {
        const { status, json } = await at.call('GET /clients/42/credit', { token });
        expect([status, json]).toMatchObject([200, { balance: '100.00' }]);
      }
      return fake.server.totals.calls - before;
    };
    const once = await callsOf(1);
    expect(once).toBeGreaterThan(0);
    expect(await callsOf(20)).toBe(0);
    at.clock.advance(31_000);
    expect(await callsOf(20)).toBe(once);
    await at.call('PUT /clients/42/auto-buy', { token, body: { enabled: false } });
    expect(await callsOf(1)).toBe(once);
  } finally {
    await at.close();
  }
});
