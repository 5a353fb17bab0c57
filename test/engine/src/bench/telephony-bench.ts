import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import type { ComparedBill, InvoiceView, Sluice } from '@sluice/engine';
import type { BillCallsOptions } from '@sluice/engine/options';
import {
  type FakeAstbilling,
  type FakeWhmcs,
  manualClock,
  startFakeAstbilling,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { EngineBench } from './engine-bench.js';

/** The three wires of the fake. */
export const WIRES = ['default', 'portuguese', 'magnusbilling'] as const;
export type Wire = (typeof WIRES)[number];

export const LINE = '9001';

const ptProfile = new URL('../../../../packages/astbilling-client/fixtures/profile.pt-envelope.json', import.meta.url);

/** An engine and a fake telephony system on one clock. */
export interface TelephonyBench {
  bench: EngineBench;
  /** The engine that runs now. */
  readonly sluice: Sluice;
  panel: FakeAstbilling;
  whmcs: FakeWhmcs;
  setTime: (time: string) => void;
  /** Adds the service of the line 9001 (`svc-1`, client 42). */
  addService: () => Promise<void>;
  /** Adds an answered call of the line. */
  addCall: (startedAt: string, charge: string | null, more?: object) => string;
  /** Bills calls, in words: service, state or error, and total. */
  bill: (options?: BillCallsOptions) => Promise<string[]>;
  /** What the records of now differ by from what was billed; of these calls, as a report has them. */
  differences: (billed?: { id: string; charge: string }[]) => Promise<ComparedBill[]>;
  invoices: () => Promise<InvoiceView[]>;
  close: () => Promise<void>;
}

export interface TelephonyOptions {
  wire?: Wire;
  /** Bills in a fake WHMCS, by a section with these further keys, instead of the ledger. */
  whmcs?: string;
  /** Further lines of the config. */
  more?: string;
}

/** Starts a fake panel on 5 November 2026 with one customer, plan, rate and line, and a number of the line. */
export async function startTelephonyBench(options: TelephonyOptions = {}): Promise<TelephonyBench> {
  const clock = manualClock('2026-11-05T12:00:00Z');
  const fake = await startFakeWhmcs({ now: clock.now });
  const panel = await startFakeAstbilling({ now: clock.now });
  fillPanel(panel);
  const bench = await EngineBench.open(
    clock,
    {
      kinds: [astbilling, magnusbilling],
      billing: [whmcs],
      readFile: () => readFileSync(ptProfile, 'utf8').replace(/"minIntervalMs": \d+/, '"minIntervalMs": 0'),
    },
    telephonyConfig(panel, fake, options),
  );
  return {
    bench,
    get sluice() {
      return bench.sluice;
    },
    panel,
    whmcs: fake,
    setTime: (time) => {
      clock.set(Date.parse(time));
    },
    async addService() {
      const own = { panel: 'voice', product: 'line', client: '42', status: 'active' };
      await bench.sluice.services.add('svc-1', { ...own, astbilling_subscriber_id: LINE });
    },
    addCall: (startedAt, charge, more = {}) =>
      panel.addCall({ subscriber: LINE, startedAt, talkSeconds: 45, charge, ...more }),
    async bill(how) {
      const { bills } = await bench.sluice.calls.bill(how);
      return bills.map(({ service, state, total, error }) =>
        `${service} ${error?.code ?? state} ${total ?? ''}`.trim(),
      );
    },
    async differences(billed) {
      const report = (): Promise<Readable | null> =>
        Promise.resolve(billed === undefined ? null : Readable.from(billed));
      const { bills } = await bench.sluice.calls.reconcile({ billed: report });
      return bills.filter(({ difference }) => Number(difference) !== 0);
    },
    invoices: async () => (await bench.sluice.invoices.list()).invoices,
    async close() {
      await panel.close();
      await fake.close();
      await bench.close();
    },
  };
}

function fillPanel(panel: FakeAstbilling): void {
  const plan = panel.add('plans', { id: '11', name: 'Corporativo 30/6' });
  const customer = panel.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  const price = { price_per_minute: '0.290000', connection_fee: '0.0000' };
  const increments = {
    initial_increment_seconds: 30,
    increment_seconds: 6,
    minimum_seconds: 0,
    min_chargeable_seconds: 0,
  };
  panel.add('rates', { plan_id: plan, prefix: '5511', description: 'São Paulo', ...price, ...increments });
  panel.addSubscriber({ id: LINE, username: 'joao1042', customer, plan });
  panel.addDid({ number: '+551140001234', subscriber: LINE });
}

function telephonyConfig(panel: FakeAstbilling, fake: FakeWhmcs, options: TelephonyOptions): string {
  const { wire = 'default', whmcs: section, more = '' } = options;
  const isMagnus = wire === 'magnusbilling';
  const kind = isMagnus ? 'magnusbilling' : 'astbilling';
  const token = isMagnus ? panel.credential : panel.token;
  const own = `retries: 0, allowHttp: true, token: ${JSON.stringify(token)}`;
  const profile = wire === 'portuguese' ? ', profile: ./pt.json' : '';
  const product = section === undefined ? '' : ', whmcs: { productIds: [10] }';
  return `timeZone: America/Sao_Paulo
currency: BRL
panels:
  voice: { kind: ${kind}, url: "${panel.url}", ${own}${profile}, billFrom: 2026-10-01 }
products:
  line: { panel: voice, astbilling: { planId: "11" }${product} }
${section === undefined ? '' : whmcsConfig(fake, section)}${more}`;
}

function whmcsConfig({ url, identifier, secret }: FakeWhmcs, more: string): string {
  const own = `allowHttp: true, identifier: ${identifier}, secret: ${JSON.stringify(secret)}`;
  return `billing: whmcs\nwhmcs: { url: "${url}", ${own}, calls: { taxed: false, onlyWriter: true }${more === '' ? '' : `, ${more}`} }\n`;
}
