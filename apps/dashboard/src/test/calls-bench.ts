import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from './dashboard-bench.js';
import { Link } from './share-link.js';

/** The numbers of the line. */
export const [FIRST, SECOND] = ['+551142000001', '+551142000002'] as const;
/** A number that was called once. */
export const GERMANY = '+4930123456';
/** The name of a destination. */
export const HOSTILE = '<script>alert(1)</script>"&';
const RATE = {
  ...{ initial_increment_seconds: 30, increment_seconds: 6, minimum_seconds: 0, min_chargeable_seconds: 3 },
  ...{ price_per_minute: '0.290000', connection_fee: '0.0000', status: 'active', valid_from: null, valid_to: null },
};
/** Rates of the plan besides those of Brazil and Germany. */
const RATES = 300;
/** Calls of the present month in a row, a minute apart, so that a page does not have all. */
const CALLS = 60;

const kinds = { astbilling, magnusbilling };

/** A client with a line, and what its pages are made of. */
export interface CallsBench {
  at: DashboardBench;
  voice: FakeAstbilling;
  /** The share link of the client. */
  link: Link;
  /** Of the client, for the API. */
  token: string;
  /** The bill of October. */
  bill: string;
}

/** Starts a dashboard where a client has a line of two numbers, calls of two months and a bill; another client has a line of its own. */
export async function startCallsBench(kind: keyof typeof kinds): Promise<CallsBench> {
  const time = manualClock('2026-11-20T12:00:00Z');
  const voice = await startFakeAstbilling({ now: time.now });
  const [own, other] = fill(voice);
  const at = await startDashboard(voice, kind);
  const row = { panel: 'voice', product: 'line', status: 'active' };
  await at.sluice.services.add('line-1', { ...row, client: 'c-1', astbilling_subscriber_id: own });
  await at.sluice.services.add('line-2', { ...row, client: 'c-2', astbilling_subscriber_id: other });
  for (const service of ['line-1', 'line-2']) await at.sluice.calls.bill({ service, period: '2026-10' });
  const bill = (await at.sluice.calls.bills({ service: 'line-1' })).bills[0]?.id ?? '';
  const link = await Link.open(at, { client: 'c-1' });
  return { at, voice, link, token: await at.token('client:c-1'), bill };
}

async function startDashboard(voice: FakeAstbilling, kind: keyof typeof kinds): Promise<DashboardBench> {
  return startBench({
    fakes: [voice],
    kinds: [kinds[kind]],
    config: { currency: 'BRL', timeZone: 'America/Sao_Paulo' },
    panels: {
      voice: {
        kind,
        url: voice.url,
        allowHttp: true,
        retries: 0,
        token: kind === 'astbilling' ? voice.token : voice.credential,
      },
    },
    products: { line: { panel: 'voice', astbilling: { planId: 11 } } },
  });
}

/** Adds plan, rates, lines and calls; returns the lines. */
function fill(voice: FakeAstbilling): [own: string, other: string] {
  const plan = voice.add('plans', {
    ...{ id: '11', name: 'Business', monthly_price: '49.90', currency: 'BRL', included_minutes: 120 },
  });
  voice.add('rates', { ...RATE, plan_id: plan, prefix: '55', country_code: 'BR', description: 'Brazil' });
  voice.add('rates', { ...RATE, plan_id: plan, prefix: '49', country_code: 'DE', description: 'Germany fixed' });
  for (let index = 0; index < RATES; index++)
    voice.add('rates', {
      ...RATE,
      plan_id: plan,
      prefix: `1${1000 + index}`,
      country_code: 'US',
      description: `US ${index}`,
    });
  const customer = voice.addCustomer({ id: '501', name: 'Ana Lima', document: '12345678909' });
  const [own = '', other = ''] = ['9001', '9002'].map((id) =>
    voice.addSubscriber({ id, username: `ana${id}`, customer, plan }),
  );
  // Without a credit limit, MagnusBilling lets a postpaid line call nobody.
  for (const line of [own, other]) voice.subscriber(`ana${line}`).extra['creditlimit'] = 100;
  for (const number of [FIRST, SECOND]) voice.addDid({ number, subscriber: own });
  addCalls(voice, own, other);
  return [own, other];
}

function addCalls(voice: FakeAstbilling, own: string, other: string): void {
  const call = { subscriber: own, talkSeconds: 60, charge: '0.2900', source: FIRST };
  voice.addCall({ ...call, startedAt: '2026-10-05T12:00:00-03:00', description: HOSTILE });
  voice.addCall({
    ...call,
    startedAt: '2026-10-31T23:59:59-03:00',
    destination: GERMANY,
    charge: '1.5000',
    source: SECOND,
  });
  for (let minute = 0; minute < CALLS; minute++) {
    const startedAt = new Date(Date.parse('2026-11-02T12:00:00Z') + minute * 60_000).toISOString();
    voice.addCall({ ...call, startedAt });
  }
  voice.addCall({
    ...call,
    startedAt: '2026-11-03T12:00:00Z',
    destination: FIRST,
    direction: 'inbound',
    source: 'anonymous',
    charge: '0.0000',
  });
  voice.addCall({ subscriber: other, talkSeconds: 60, charge: '7.7700', startedAt: '2026-10-06T12:00:00-03:00' });
}
