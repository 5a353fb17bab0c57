import type { PurchaseReport, PurchaseView, RunOptions, RunReport } from '@sluice/engine';
import { type EasyDcimBench, startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';

/** A bench whose product offers packages, with client 42 on the ledger. */
export interface Shop extends EasyDcimBench {
  /** Adds the n-th service, of client 42 unless another is named. */
  addClientService: (number: number, client?: string) => Promise<void>;
  /** Adds svc-1 and polls it after so much traffic; its client has this credit, if any. */
  open: (gigabytes: number, credit?: string) => Promise<void>;
  pollReport: (options?: RunOptions) => Promise<RunReport>;
  /** Adds credit for client 42. */
  pay: (amount: string) => Promise<void>;
  buy: (service: string, packageId: string, ref?: string) => Promise<PurchaseReport>;
  purchases: () => Promise<PurchaseView[]>;
  balance: (client?: string) => Promise<string>;
  portState: (number: number) => string;
}

const PACKAGES = `currency: EUR
packages:
  extra-50: { traffic: 50GB, price: "5.00" }
  extra-10: { traffic: 10GB, price: "1.50" }
  other: { traffic: 50GB, price: "5.00" }
  dollars: { traffic: 50GB, price: "5.00", currency: USD }
`;

/** Starts a shop; `product` is added to its product, `more` at the top level of the config. */
export async function startShop(product = '', more = ''): Promise<Shop> {
  const at = await startEasyDcimBench();
  const { bench, panel } = at;
  const line = `  ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports, packages: [extra-50, extra-10, dollars]${product} }`;
  await bench.configure(`${bench.text.replace(/^ {2}ports: .*$/m, line)}${PACKAGES}${more}`);
  const addClientService: Shop['addClientService'] = (number, client = '42') =>
    at.addService(number, { values: { client } });
  const pay: Shop['pay'] = async (amount) => {
    await bench.sluice.credit.add('42', { amount, currency: 'EUR' });
  };
  return {
    ...at,
    get sluice() {
      return bench.sluice;
    },
    addClientService,
    async open(gigabytes, credit) {
      await addClientService(1);
      at.use(1, gigabytes);
      await at.poll();
      if (credit !== undefined) await pay(credit);
    },
    pollReport: (options) => at.poll(options),
    pay,
    buy: (service, packageId, ref) => bench.sluice.purchases.create(service, packageId, { ref }),
    purchases: async () => (await bench.sluice.purchases.list()).purchases,
    balance: async (client = '42') => (await bench.sluice.credit.show(client)).balance,
    portState: (number) => panel.port(toIds(number).port(1)).adminState,
  };
}
