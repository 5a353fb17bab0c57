import type { BillingSystem } from '@sluice/contract/ports';
import { type FakeWhmcs, type FakeWhmcsOptions, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs, type WhmcsSettings } from '@sluice/whmcs-client/billing';
import type { BillingWorld } from '../test/describe-billing.js';

/** The billing system WHMCS on a fake. */
export interface WhmcsWorld extends BillingWorld {
  readonly fake: FakeWhmcs;
  /** Opens one with other settings. */
  openWith(settings: Partial<WhmcsSettings>): Promise<BillingSystem>;
}

const SECTIONS: Pick<WhmcsSettings, 'productIds' | 'productGroupIds' | 'fields' | 'writeBack' | 'pushUsage' | 'calls'> =
  {
    productIds: [],
    productGroupIds: [],
    fields: {},
    writeBack: false,
    pushUsage: 'off',
    calls: { taxed: false, onlyWriter: true, lookFor: ['Consumo', 'ligações'] },
  };

export async function openWhmcsWorld(options: FakeWhmcsOptions = {}): Promise<WhmcsWorld> {
  const fake = await startFakeWhmcs(options);
  const opened: BillingSystem[] = [];
  const now = options.now ?? Date.now;
  const openWith = async (settings: Partial<WhmcsSettings>): Promise<BillingSystem> => {
    const { url, identifier, secret } = fake;
    const billing = await whmcs.open(
      { ...SECTIONS, url, allowHttp: true, identifier, secret, ...settings },
      {
        clock: { now, sleep: () => Promise.resolve() },
        random: () => 0.5,
        onCall: () => undefined,
        secret: (value) => value,
      },
    );
    opened.push(billing);
    return billing;
  };
  return {
    fake,
    billing: await openWith({}),
    another: () => openWith({}),
    openWith,
    addClient: (currency, credit) => Promise.resolve(String(fake.addClient({ currency, credit }))),
    addCredit: (client, amount) => {
      fake.addCredit(Number(client), amount);
      return Promise.resolve();
    },
    cancelInvoice: (id) => {
      fake.setInvoiceStatus(Number(id), 'Cancelled');
      return Promise.resolve();
    },
    invoices: (client) => Promise.resolve(fake.invoices(Number(client)).map(({ id }) => String(id))),
    unknownId: '99999',
    now: () => new Date(now()).toISOString(),
    close: async () => {
      for (const one of opened) one.close();
      await fake.close();
    },
  };
}
