import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { AUTO } from './whmcs-steps.js';

const [at, open] = useOpened(openWhmcsShop);
const INTO = 88;

it.each(['before', 'after'])(
  'what a client had bought automatically ends with a merge that is stored %s a sync',
  async (when) => {
    await open();
    await at.sluice.autoBuy.set(
      { service: 'whmcs-1' },
      { enabled: true, package: 'extra', threshold: '10GB', maxPerCycle: 1 },
    );
    at.whmcs.addClient({ id: INTO, currency: 'EUR', credit: '20.00' });
    at.whmcs.mergeClients(CLIENT, INTO);
    if (when === 'after') await at.sync();
    await at.sluice.clients.merge(String(CLIENT), { into: String(INTO) });
    if (when === 'before') await at.sync();
    await at.use(85);
    await at.use(10);
    expect([at.whmcs.credit(INTO), await at.purchases()]).toEqual(['20.00', []]);
    const notices = (await at.bench.store.notices.list()).filter(({ code }) => code === 'auto_buy_ended');
    expect(notices).toHaveLength(1);
  },
);

it.each([{ enabled: false }, { maxPerCycle: 0 }])(
  'what a service refused to buy automatically stays refused after a merge: %j',
  async (refusal) => {
    await open({ product: AUTO });
    await at.sluice.autoBuy.set({ service: 'whmcs-1' }, refusal);
    at.whmcs.addClient({ id: INTO, currency: 'EUR', credit: '20.00' });
    at.whmcs.mergeClients(CLIENT, INTO);
    await at.sluice.clients.merge(String(CLIENT), { into: String(INTO) });
    await at.sync();
    await at.use(85);
    expect([at.whmcs.credit(INTO), await at.purchases()]).toEqual(['20.00', []]);
  },
);
