import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BillingKind } from '@sluice/contract/ports';
import { createSluice, parseConfig } from '@sluice/engine';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { openStore } from '@sluice/state-store';
import { whmcs } from '@sluice/whmcs-client/billing';

let fake: FakeWhmcs;
beforeAll(async () => {
  fake = await startFakeWhmcs();
});
afterAll(() => fake.close());

describe('a billing system', () => {
  it('is closed with the call that opened it', async () => {
    const client = fake.addClient({ currency: 'EUR', credit: '20.00' });
    let open = 0;
    const counted: BillingKind = {
      ...whmcs,
      async open(settings, dependencies) {
        const billing = await whmcs.open(settings as Parameters<typeof whmcs.open>[0], dependencies);
        const close = billing.close.bind(billing);
        open += 1;
        billing.close = () => {
          open -= 1;
          close();
        };
        return billing;
      },
    };
    const { url, identifier, secret } = fake;
    const config = { panels: {}, billing: 'whmcs', whmcs: { url, allowHttp: true, identifier, secret } };
    const sluice = await createSluice({
      config: parseConfig(config, [], [counted]),
      kinds: [],
      billing: [counted],
      store: await openStore({ location: ':memory:' }),
    });
    try {
      expect(await sluice.credit.show(String(client))).toMatchObject({ balance: '20.00' });
      expect(open).toBe(0);
    } finally {
      await sluice.close();
    }
  });
});
