import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type FakeAstbilling,
  type FakeWhmcs,
  manualClock,
  startFakeAstbilling,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { closeAfterTest } from '../../each-test.js';
import { Bench, closeFakes, type Outcome } from '../../harness.js';

/** The three wires of the fake, as an operator configures them. */
export const WIRES = ['default', 'portuguese', 'magnusbilling'] as const;
export type Wire = (typeof WIRES)[number];

export const LINE = '9001';

const PT = path.resolve(
  import.meta.dirname,
  '../../../../../../packages/astbilling-client/fixtures/profile.pt-envelope.json',
);

/** A command and a fake telephony system on one clock. */
export interface TelephonyBench {
  bench: Bench;
  panel: FakeAstbilling;
  /** Runs `sluice` with `--json`. */
  run: (words: string | string[]) => Promise<Outcome>;
  /** Adds the service of the line 9001 (`svc-1`, client 42). */
  addService: () => Promise<void>;
  /** Adds an answered call of the line. */
  addCall: (startedAt: string, charge: string | null, more?: object) => string;
  /** Adds a carrier, country, trunk and route. */
  fillCatalogue: () => void;
  close: () => Promise<void>;
}

/** Starts a fake panel on 5 November 2026 with one customer, plan, rate and line, and a number of the line. */
export async function startTelephonyBench(wire: Wire = 'default', panelMore = ''): Promise<TelephonyBench> {
  const clock = manualClock('2026-11-05T12:00:00Z');
  const bench = new Bench(clock);
  const panel = await startFakeAstbilling({ now: clock.now });
  const plan = panel.add('plans', { id: '11', name: 'Corporativo 30/6' });
  const customer = panel.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  panel.add('rates', {
    ...{
      plan_id: plan,
      prefix: '5511',
      description: 'São Paulo',
      price_per_minute: '0.290000',
      connection_fee: '0.0000',
    },
    ...{ initial_increment_seconds: 30, increment_seconds: 6, minimum_seconds: 0, min_chargeable_seconds: 0 },
  });
  panel.addSubscriber({ id: LINE, username: 'joao1042', customer, plan });
  panel.addDid({ number: '+551140001234', subscriber: LINE });
  if (wire === 'portuguese') {
    bench.write('pt.json', readFileSync(PT, 'utf8').replace(/"minIntervalMs": \d+/, '"minIntervalMs": 0'));
  }
  bench.env['TOKEN'] = wire === 'magnusbilling' ? panel.credential : panel.token;
  const kind = wire === 'magnusbilling' ? 'magnusbilling' : 'astbilling';
  const profile = wire === 'portuguese' ? ', profile: ./pt.json' : '';
  const own = 'retries: 0, allowHttp: true, token: "${env:TOKEN}"';
  bench.write(
    'sluice.yaml',
    `timeZone: America/Sao_Paulo
currency: BRL
panels:
  voice: { kind: ${kind}, url: "${panel.url}", ${own}${profile}, billFrom: 2026-10-01${panelMore} }
products:
  line: { panel: voice, astbilling: { planId: "11" } }
`,
  );
  const run = (words: string | string[]): Promise<Outcome> =>
    bench.sluice([...(typeof words === 'string' ? words.split(' ') : words), '--json']);
  return {
    bench,
    panel,
    run,
    async addService() {
      await bench.giveStore();
      const words = 'service add svc-1 panel=voice product=line client=42 status=active';
      const added = await bench.sluice(`${words} astbilling_subscriber_id=${LINE}`);
      if (added.exitCode !== 0) throw new Error(added.stderr);
    },
    addCall: (startedAt, charge, more = {}) =>
      panel.addCall({ subscriber: LINE, startedAt, talkSeconds: 45, charge, ...more }),
    fillCatalogue() {
      panel.add('carriers', { id: '3', name: 'Telco', code: 'TEL', csp: '21' });
      panel.add('countries', { id: '1', name: 'Brasil', iso2: 'BR', calling_code: '55' });
      panel.add('trunks', { id: '5', name: 'telco-1', carrier_id: '3', host: 'sip.telco.example', port: 5060 });
      panel.add('routes', { id: '2', name: 'mobile', prefix: '5511', priority: 1, trunk_ids: ['5'] });
    },
    async close() {
      await closeFakes(panel);
      bench.close();
    },
  };
}

/** Starts a WHMCS that sells the lines of a bench as product 10; `section` is the end of its section in the config. */
export async function startWhmcsOfLines(bench: Bench, section: string, more = ''): Promise<FakeWhmcs> {
  const whmcs = closeAfterTest(await startFakeWhmcs({ now: () => bench.clock.now() }));
  bench.env['WHMCS_SECRET'] = whmcs.secret;
  const own = 'allowHttp: true, identifier: fake-whmcs-identifier, secret: "${env:WHMCS_SECRET}"';
  bench.edit('planId: "11" }', 'planId: "11" }, whmcs: { productIds: [10] }');
  bench.write('sluice.yaml', `${bench.read('sluice.yaml')}${more}whmcs: { url: "${whmcs.url}", ${own}, ${section} }\n`);
  await bench.giveStore();
  return whmcs;
}
