import { describe, expect, it } from '@jest/globals';
import type { CallBillReport } from '@sluice/engine';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { benchForEachTest, closeAfterTest } from '../../each-test.js';
import { addCalls, isNamed, PanelApi, panelUrl, type RealCall, type Row, token } from '../magnus/real-magnus.js';
import { CustomerPages, type ReadPage, readTable } from './customer-pages.js';
import { PANEL_MS, runOn } from './staff.js';

const reason = isNamed
  ? ''
  : ' (skipped: SLUICE_TEST_MAGNUS_URL, _KEY, _SECRET and _SQL do not name a panel and its database)';
const itWithPanel = isNamed ? it : it.skip;

const bench = benchForEachTest(Date.now());
const run = runOn(bench);

/** A panel, and what puts call records of a line into it. */
interface Exchange {
  url: string;
  credential: string;
  addCalls: (user: string, calls: readonly RealCall[]) => Promise<void>;
}

/** A line with its service on a panel. */
interface Line {
  panel: PanelApi;
  service: string;
  username: string;
  plan: string;
}

/** The time of the panel, as its call records have it, so many seconds ago, but of today. */
function ago(seconds: number): string {
  // The zone of both panels, which has no summer time.
  const local = bench.clock.now() - 3 * 3_600_000;
  const at = Math.max(local - seconds * 1000, Math.floor(local / 86_400_000) * 86_400_000);
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

async function order({ url, credential }: Exchange): Promise<Line> {
  const tag = String(1_000_000 + Math.floor(Math.random() * 8_999_999));
  const panel = new PanelApi(url, credential);
  const plan = await panel.save('plan', { name: `life ${tag}` });
  bench.env['MAGNUS_TOKEN'] = credential;
  const limit = '{ id: spend, window: month, allowance: "20.00", action: suspend }';
  bench.write(
    'sluice.yaml',
    `timeZone: America/Sao_Paulo
currency: BRL
panels:
  voice: { kind: magnusbilling, url: "${url}", allowHttp: true, token: "\${env:MAGNUS_TOKEN}" }
products:
  line: { panel: voice, limits: [${limit}], astbilling: { planId: "${plan}", creditLimit: "50" } }
`,
  );
  const line = { panel, service: `svc-${tag}`, username: `line${tag}`, plan };
  const owner = 'client=77 first_name=João last_name=Silva document=12345678909 ddd=11 channels=2';
  await run(`service add ${line.service} panel=voice product=line ${owner} astbilling_username=${line.username}`);
  await run(`provision create ${line.service}`);
  return line;
}

/** The day of the panel, as its call records have it. */
const today = (): string => ago(0).slice(0, 10);

/** Returns the calls of a month or day that the panel has of a line, as a page of its customer has them. */
async function listCalls(panel: PanelApi, user: string, when = today()): Promise<string[][]> {
  return (await callsOf(panel, user, when)).map((row) => [
    String(row['calledstation']),
    `${row['sessiontime']} s`,
    Number(row['sessionbill']).toFixed(3),
  ]);
}

/** Returns the calls of a page: number, length, and charge with three digits. */
function readCalls(page: ReadPage, caption = 'Calls today'): string[][] {
  return readTable(page, caption, ['Number', 'Length', 'Charge']).map(([to = '', length = '', charge = '']) => [
    /\d+/.exec(to)?.[0] ?? to,
    length,
    Number(/[\d.]+/.exec(charge)?.[0]).toFixed(3),
  ]);
}

/** Returns the calls of a month that the panel has of a line, the newest first. */
async function callsOf(panel: PanelApi, user: string, month: string): Promise<Row[]> {
  return (await panel.find('call', 'id_user', user)).filter((row) => String(row['starttime']).startsWith(month));
}

async function live(exchange: Exchange): Promise<void> {
  const { panel, service, username, plan } = await order(exchange);
  try {
    const pages = await CustomerPages.open(bench, '77');
    const page = (language?: string): Promise<ReadPage> => {
      bench.clock.advance(PANEL_MS);
      return pages.read(`/services/${service}`, language);
    };
    expect((await page()).text).toContain(`User name ${username} State of the line active`);
    const line = async (): Promise<Row> => (await panel.find('user', 'username', username))[0] ?? {};
    const user = String((await line())['id']);
    await exchange.addCalls(user, [
      { at: ago(90), seconds: 48, charge: '1.232', destination: '5511987654321' },
      { at: ago(60), seconds: 60, charge: '3.5', destination: '5521987654321' },
    ]);
    const first = await page();
    expect(readCalls(first)).toEqual(await listCalls(panel, user));
    expect(first.text).toMatch(/Calls 2 Time talked 1 min 48 s Charges so far 4\.73 BRL/);

    await exchange.addCalls(user, [{ at: ago(30), seconds: 90, charge: '20', destination: '5531987654321' }]);
    await run('poll');
    expect(await line()).toMatchObject({ active: 0 });
    const held = await page();
    expect(held.text).toContain('The limit “spend” is used up: 24.732 of 20.00 BRL are spent');
    expect(held.text).toContain('State of the line suspended');
    expect(readCalls(held)).toEqual(await listCalls(panel, user));
    expect((await page('pt-BR')).text).toContain('24,732');
    bench.edit('"20.00"', '"50.00"');
    await run('poll');
    expect(await line()).toMatchObject({ active: 1 });
    expect((await page()).text).toContain('State active Limit “spend” 24.732 of 50.00 BRL are spent');

    await compareRates(panel, { pages, service, plan });
    await compareBill(exchange, { panel, pages, service, user });
    await run(`provision terminate ${service} --yes --final-invoice`);
    expect(await line()).toEqual({});
    const ended = await page();
    expect(ended.text).toContain('State terminated');
    expect(readTable(ended, 'Bills').length).toBeGreaterThan(0);
  } finally {
    await panel.remove({ usernames: [username], numbers: [], plans: [plan] });
  }
}

/** Adds a rate of a plan with all that it needs; the page of rates and the price of a call have it. */
async function compareRates(panel: PanelApi, { pages, service, plan }: Rated): Promise<void> {
  const tag = service.slice('svc-'.length);
  const made: [string, string][] = [];
  const save = async (module: string, fields: Row): Promise<string> => {
    const id = await panel.save(module, fields);
    made.unshift([module, id]);
    return id;
  };
  try {
    const provider = await save('provider', { provider_name: `P ${tag}` });
    const route = { host: 'h', providertech: 'sip', allow: 'alaw', fromdomain: '', language: '', sms_res: '' };
    const login = { link_sms: '', user: 'u', secret: 'in clear' };
    const trunk = await save('trunk', { trunkcode: `t${tag}`, id_provider: provider, ...route, ...login });
    const group = await save('trunkGroup', { name: `G ${tag}`, type: 1, 'id_trunk[0]': trunk });
    const prefix = await save('prefix', { prefix: `55119${tag}`, destination: `Rio ${tag}` });
    const steps = { rateinitial: '0.29', initblock: 30, billingblock: 6, connectcharge: '0.1' };
    await save('rate', { id_plan: plan, id_prefix: prefix, id_trunk_group: group, ...steps });

    bench.clock.advance(PANEL_MS);
    const rates = await pages.read(`/services/${service}/rates`);
    const shown = readTable(rates, 'Rates').map((cells) => cells.join(' '));
    expect(shown).toEqual([expect.stringMatching(`\\+55119${tag} `)]);
    expect(shown[0]).toContain(`Rio ${tag}`);
    const [own] = await panel.find('rate', 'id_plan', plan);
    const [, perMinute = '', connection = ''] = /([\d.]+) BRL .*?([\d.]+) BRL/.exec(shown[0] ?? '') ?? [];
    expect([perMinute, connection].map(Number)).toEqual([own?.['rateinitial'], own?.['connectcharge']].map(Number));
    const { text } = await pages.read(`/services/${service}?destination=%2B55119${tag}1&length=1:31`);
    // 91 seconds are 96 of 6 at a time, and 0.10 for the connection.
    expect(text).toMatch(/Price 0\.5640* BRL/);
  } finally {
    for (const [module, id] of made) await panel.destroy(module, id);
  }
}

interface Rated {
  pages: CustomerPages;
  service: string;
  plan: string;
}

interface Billed {
  panel: PanelApi;
  pages: CustomerPages;
  service: string;
  user: string;
}

/** Bills the calls of a month that is over: the customer's bill and its file have what the panel charged. */
async function compareBill(exchange: Exchange, { panel, pages, service, user }: Billed): Promise<void> {
  const month = closedMonth();
  await exchange.addCalls(user, [
    { at: `${month}-01 00:00:00`, seconds: 48, charge: '0.232', destination: '5511987654321' },
    { at: `${month}-28 23:59:59`, seconds: 30, charge: '123.456789', destination: '190', callerId: '=cmd|1' },
  ]);
  const { bills } = await run<CallBillReport>(`call bill --service ${service} --period ${month}`);
  const charged = (await callsOf(panel, user, month)).map((row) => Number(row['sessionbill']));
  const total = charged.reduce((sum, charge) => sum + charge, 0).toFixed(2);
  expect(bills).toMatchObject([{ state: 'added', calls: 2, total }]);
  const own = `/services/${service}`;
  bench.clock.advance(PANEL_MS);
  const calls = await pages.read(`${own}/calls?period=${month}`);
  expect(readCalls(calls, 'Calls')).toEqual(await listCalls(panel, user, month));
  expect(calls.text).toMatch(new RegExp(`Calls 2 Time talked 1 min 18 s Charges ${Math.floor(Number(total))}`));
  const days = readTable(calls, 'Charges of each day').filter(([, count]) => count !== '0');
  expect(days.map((cells) => Number(cells[2]?.replace(' BRL', '')).toFixed(2))).toEqual(['123.46', '0.23']);
  const found = await pages.read(`${own}/calls?period=${month}&search=98765`);
  expect(readCalls(found, 'Calls found')).toEqual((await listCalls(panel, user, month)).slice(1));

  const page = await pages.read(own);
  expect(readTable(page, 'Bills')[0]?.join(' ')).toContain(`2 ${total} BRL`);
  const [, to = ''] = /href="[^"]*?(\/services\/[^"]*\/bills\/[^"/]*)"/.exec(page.html) ?? [];
  expect((await pages.read(to)).text).toContain(`Calls 2 Calls without tax ${total} BRL`);
  const file = await pages.file(`${to}/calls.csv`);
  const ids = (await callsOf(panel, user, month)).map(({ id }) => String(id));
  // Whatever the language and its separators, the last column is the number of the call on the panel.
  const numbered = file.split('\r\n').map((row) => /(\d+)"?$/.exec(row)?.[1]);
  expect(numbered.filter((id) => id !== undefined)).toEqual(ids.reverse());
  expect(file).toContain("'=cmd|1");
}

/** The month that ended two months ago, as `YYYY-MM`. */
function closedMonth(): string {
  const now = new Date(bench.clock.now());
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 1)).toISOString().slice(0, 7);
}

/** Puts call records into the fake as the database of the panel has them. */
function fakeCalls(fake: FakeAstbilling): Exchange['addCalls'] {
  return (subscriber, calls) => {
    for (const { at, seconds, charge, destination, callerId = '551133330000' } of calls)
      fake.addCall({
        ...{ subscriber, charge, destination, source: callerId, direction: 'outbound' },
        ...{ startedAt: `${at.replace(' ', 'T')}-03:00`, talkSeconds: seconds, billedSeconds: seconds },
      });
    return Promise.resolve();
  };
}

describe('a customer with a line reads what the panel says, from the order to the end', () => {
  it('on a fake of the panel', async () => {
    bench.clock.set('2026-11-20T12:00:00Z');
    const fake = closeAfterTest(await startFakeAstbilling({ now: bench.clock.now }));
    await live({ url: `${fake.url}/mbilling`, credential: fake.credential, addCalls: fakeCalls(fake) });
  });

  itWithPanel(`on a real MagnusBilling${reason}`, async () => {
    bench.clock.set(Date.now());
    await live({ url: panelUrl, credential: token, addCalls });
  });
});
