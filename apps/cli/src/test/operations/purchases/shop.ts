import type { PurchaseView, RunReport } from '@sluice/engine';
import { type EasyDcimBench, toIds, startEasyDcimBench } from '../../easydcim-bench.js';

/** A bench whose product offers packages, with client 42 on the ledger. */
export interface Shop extends EasyDcimBench {
  /** Adds the n-th service, of client 42 unless another is named. */
  addClientService: (number: number, client?: string) => Promise<void>;
  run: (words: string) => ReturnType<EasyDcimBench['bench']['sluice']>;
  pollReport: (words?: string) => Promise<RunReport>;
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
  const text = bench.read('sluice.yaml').replace(/^ {2}ports: .*$/m, line);
  bench.write('sluice.yaml', `${text}${PACKAGES}${more}`);
  const run: Shop['run'] = (words) => bench.sluice(words);
  return {
    ...at,
    addClientService: (number, client = '42') => at.addService(number, { values: [`client=${client}`] }),
    run,
    pollReport: async (words = '') => (await at.poll(words)).json<RunReport>(),
    purchases: async () => (await run('purchase list --json')).json<{ purchases: PurchaseView[] }>().purchases,
    balance: async (client = '42') => (await run(`credit show ${client} --json`)).json<{ balance: string }>().balance,
    portState: (number) => panel.port(toIds(number).port(1)).adminState,
  };
}
