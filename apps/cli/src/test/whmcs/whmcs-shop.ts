import type { PurchaseReport, PurchaseView, RunReport } from '@sluice/engine';
import { GB, HOUR, toIds } from '../easydcim-bench.js';
import type { Outcome } from '../harness.js';
import { startWhmcsBench, type WhmcsBench } from './whmcs-bench.js';

export const CLIENT = 77;
const EXTRA = 'extra: { traffic: 50GB, price: "5.00", taxed: true }';

/** A service whose extra traffic WHMCS bills. */
export interface WhmcsShop extends WhmcsBench {
  /** Lets an hour pass with this traffic, and polls. */
  use: (gigabytes: number) => Promise<RunReport>;
  buy: (words?: string) => Promise<Outcome>;
  /** Buys without credit: the invoice waits for its payment. */
  buyPending: () => Promise<{ id: string; invoice: number }>;
  purchases: () => Promise<PurchaseView[]>;
  /** The code of the error that a command ends with. */
  codeOf: (words: string) => Promise<string>;
  /** Statuses of the client's invoices, oldest first. */
  invoices: () => string[];
}

/** Starts with service `whmcs-1` of client 77, read once; `product` is added to its product, `section` to `whmcs`. */
export async function openWhmcsShop({ product = '', taxRate = '0.000', section = '' } = {}): Promise<WhmcsShop> {
  const more = `billing: whmcs\ncurrency: EUR\npackages: { ${EXTRA} }\n`;
  const at = await startWhmcsBench({ more, section, whmcs: { quirks: { taxRate } } });
  const { bench } = at;
  const line = `  ports: { panel: dcim, quota: { total: 100GB }, packages: [extra]${product}, whmcs: { productIds: [10] } }`;
  bench.write('sluice.yaml', bench.read('sluice.yaml').replace(/^ {2}ports: .*$/m, line));
  at.addService(1);
  const synced = await at.sync();
  if (synced.exitCode !== 0) throw new Error(synced.stdout);
  const use: WhmcsShop['use'] = async (gigabytes) => {
    at.panel.addTraffic(toIds(1).service, { in: gigabytes * GB, out: 0 });
    bench.clock.advance(HOUR);
    return (await at.poll()).json<RunReport>();
  };
  const buy: WhmcsShop['buy'] = (words = '') => bench.sluice(`purchase create whmcs-1 extra --json ${words}`.trim());
  await use(10);
  return {
    ...at,
    use,
    buy,
    async buyPending() {
      const { id, invoice } = (await buy()).json<PurchaseReport>().purchase;
      return { id, invoice: Number(invoice) };
    },
    purchases: async () => (await bench.sluice('purchase list --json')).json<{ purchases: PurchaseView[] }>().purchases,
    codeOf: async (words) =>
      (await bench.sluice(`${words} --json`)).json<{ error?: { code: string } }>().error?.code ?? 'none',
    invoices: () => at.whmcs.invoices(CLIENT).map(({ status }) => status),
  };
}
