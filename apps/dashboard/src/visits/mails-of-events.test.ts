import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NoticeChannelKind } from '@sluice/contract/ports';
import { type FakeMailServer, type FakeServer, startFakeMailServer, startFakeServer } from '@sluice/fake-panels';
import { type Language, LANGUAGES } from '@sluice/messages/languages';
import { discord, mail, ntfy, slack, telegram } from '@sluice/notice-channels';
import { type DashboardBench, GB, startBench } from '../test/dashboard-bench.js';
import { findHardCoded } from '../test/hard-coded.js';
import { readMail } from '../test/read-mail.js';

const HOSTILE =
  '<img src=x onerror=alert(1)>"{used}\u202Egnp\r\nBcc: all@example.com\u2066&amp; **b** [c](http://d) `e` @everyone <!channel>';

/** Marks of direction and line ends are refused in the config. */
const SHOP = '<img src=x onerror=alert(1)>&amp; **b** `e` <!channel>';

let server: FakeMailServer;
let receiver: FakeServer;
let at: DashboardBench;
beforeAll(async () => {
  server = await startFakeMailServer();
  receiver = await startFakeServer({
    name: 'receiver',
    handle: () => ({ status: 200, headers: {}, body: { ok: true } }),
    toEndpoint: ({ method, path }) => `${method} ${path}`,
    changing: () => true,
  });
  // Jest can't load two modules of a package for the first time at once.
  for (const kind of [mail, telegram, slack]) await load(kind);
});

async function load(kind: NoticeChannelKind): Promise<void> {
  const settings = { mail: 'a@example.com', from: 'a@example.com', requireTls: false, telegram: '1' };
  const secret = (key: string): string => (key === 'smtp' ? server.url : receiver.url);
  (await kind.open(settings, { secret, now: () => 0, timeoutMs: 1000, childEnv: [] })).close();
}

afterAll(async () => {
  await server.close();
  await receiver.close();
});
afterEach(() => at.close());

/** A message as it reached its receiver: of a mail its subject, text and HTML, of a chat what is posted. */
interface Sent {
  channel: string;
  text: string;
}

/** What a shop is called, and the templates of its messages. */
interface Shop {
  /** Of its package. */
  name: string;
  brand?: Record<string, unknown>;
  template?: Record<string, string>;
}

async function open({
  name,
  brand = { name: 'Nordhost', contact: 'help@example.com' },
  template,
}: Shop): Promise<void> {
  const to = { for: 'client', ...(template === undefined ? {} : { template }) };
  const url = receiver.url;
  at = await startBench({
    channels: [mail, telegram, slack, discord, ntfy],
    products: {
      capped: {
        ...{ panel: 'dcim', quota: { total: '900GB' }, action: 'disable-ports', packages: ['extra-50'] },
        limits: [{ id: 'daily', window: 'day', allowance: '20GB', action: 'disable-ports' }],
      },
    },
    config: {
      billing: 'ledger',
      poll: { doubt: { jump: 'off' }, overdue: 'hold' },
      packages: { 'extra-50': { name, traffic: '50GB', price: '5.00' } },
      serve: { publicUrl: 'https://pages.example.com' },
      brand,
      notify: [
        {
          ...{ mail: 'staff@example.com', from: 'Nordhost <no-reply@example.com>', smtp: server.url },
          ...{ requireTls: false, link: 'share', ...to },
        },
        { telegram: '-100', token: '12:bot', api: url, ...to },
        { slack: `${url}/slack`, ...to },
        { discord: `${url}/discord`, ...to },
        { ntfy: `${url}/ntfy/topic`, ...to },
      ],
    },
  });
}

/** Does something, and returns what it sends, by channel. */
async function after(act: () => Promise<unknown>): Promise<Sent[]> {
  (server.mails as unknown[]).length = 0;
  receiver.clearCalls();
  at.clock.advance(60_000);
  await act();
  await at.sluice.notices.send();
  const mails = server.mails.map(({ data }) => {
    const { subject, text, html } = readMail(data);
    return { channel: 'mail', text: [subject, text, html.slice(html.indexOf('<body'))].join('\n') };
  });
  const posted = receiver.calls.map(({ endpoint, body }) => {
    const { text = '', content = '', title = '', message = '' } = JSON.parse(body) as Record<string, string>;
    return { channel: toChannel(endpoint), text: [text, content, title, message].join('\n') };
  });
  return [...mails, ...posted];
}

const toChannel = (endpoint: string): string => /slack|discord|ntfy|sendMessage/.exec(endpoint)?.[0] ?? endpoint;

/** A client with three services, of which the first has the number `from`. */
interface Client {
  from: number;
  language: Language;
  name: string | null;
}

const toId = (client: Client, nth: number): string => `svc-${client.from + nth}`;

async function add(client: Client, nth: number, used: number): Promise<void> {
  const { from, language, name } = client;
  const id = toId(client, nth);
  await at.addService(from + nth, `c-${from}`, used);
  if (nth === 1) await at.sluice.services.set(id, { product: 'capped' });
  await at.sluice.services.set(id, { language, email: 'client@example.com', ...(name !== null && { name }) });
}

const poll = async (): Promise<unknown> => at.sluice.poll({ allowMass: true });

/** What happens to the first services of clients, and to one of the others. */
const EVENTS: Readonly<Record<string, (clients: readonly Client[]) => Promise<Sent[]>>> = {
  threshold: async (clients) => {
    for (const client of clients) await add(client, 0, 83);
    return after(poll);
  },
  'hold for the quota': async (clients) => {
    for (const { from } of clients) at.panel.addTraffic(500 + from, { in: 30 * GB, out: 0 });
    return after(poll);
  },
  'auto-buy that is refused': async (clients) => {
    for (const client of clients) {
      await at.sluice.credit.add(`c-${client.from}`, { amount: '2.00', currency: 'EUR' });
      await at.sluice.autoBuy.set({ service: toId(client, 0) }, { enabled: true, package: 'extra-50' });
    }
    return after(poll);
  },
  'purchase, and the release by it': async (clients) => {
    for (const client of clients) await at.sluice.credit.add(`c-${client.from}`, { amount: '20.00', currency: 'EUR' });
    return after(poll);
  },
  'hold for a limit': async (clients) => {
    for (const client of clients) await add(client, 1, 0);
    await poll();
    for (const { from } of clients) at.panel.addTraffic(501 + from, { in: 25 * GB, out: 0 });
    return after(poll);
  },
  'hold for an unpaid invoice': async (clients) => {
    for (const client of clients) await add(client, 2, 1);
    await poll();
    for (const client of clients) await at.sluice.services.set(toId(client, 2), { next_due_date: '2026-11-19' });
    return after(poll);
  },
};

const CHANNELS = ['discord', 'mail', 'ntfy', 'sendMessage', 'slack'];

/** Lets all of that happen, and calls `check` with each message. */
async function each(
  clients: readonly Client[],
  check: (event: string, channel: string, text: string) => void,
): Promise<void> {
  for (const [event, happen] of Object.entries(EVENTS)) {
    const sent = await happen(clients);
    const channels = CHANNELS.map((name) => sent.filter(({ channel }) => channel === name).length >= clients.length);
    expect([event, channels]).toEqual([event, CHANNELS.map(() => true)]);
    for (const { channel, text } of sent) check(event, channel, text);
  }
}

describe('what clients are sent', () => {
  it('has no text in Persian that is not of the catalogue, and says why a service is restricted', async () => {
    await open({ name: '۵۰' });
    const data = new Set(['svc', 'Nordhost', 'UTC', 'daily', 'help', 'example', 'com']);
    const found: unknown[] = [];
    const english = new Map<string, string>();
    const check = (event: string, channel: string, text: string): void => {
      if (text.includes('Web')) return void english.set(event, `${english.get(event) ?? ''}${text}`);
      const words = findHardCoded(text.replaceAll(/https:[^\s"<]+|inv-\w+-\w+/g, ''), data);
      if (words.length > 0) found.push([event, channel, words]);
    };
    const clients = [
      { from: 1, language: 'fa', name: null },
      { from: 4, language: 'en', name: 'Web' },
    ] as const;
    await each(clients, check);
    const asked = await after(() => at.sluice.notices.setAddress('c-1', 'own@example.com'));
    expect(asked).toHaveLength(1);
    for (const { channel, text } of asked) check('address', channel, text);
    expect(found).toEqual([]);
    for (const [event, said] of [
      ['hold for the quota', '113 GB of 100 GB (113%) of traffic are used in the period 15 Nov 2026 to 15 Dec 2026.'],
      ['hold for a limit', 'The limit “daily” is used up: 25 GB of 20 GB (125%) are used.'],
      ['hold for an unpaid invoice', 'An invoice is not paid.'],
      ['auto-buy that is refused', 'Your credit of 2.00 EUR is not enough for package ۵۰, which costs 5.00 EUR.'],
    ] as const)
      expect([event, english.get(event)]).toEqual([event, expect.stringContaining(said)]);
  });

  it('is not changed in any language by what a service or package is called', async () => {
    await open({ name: HOSTILE });
    const found: unknown[] = [];
    const clients = LANGUAGES.map((language, index) => ({ from: 1 + index * 3, language, name: HOSTILE }));
    await each(clients, (event, channel, text) => {
      const harm = findHarm(channel, text);
      if (harm.length > 0) found.push([event, channel, harm, text]);
      for (const call of receiver.calls) {
        const posted = JSON.parse(call.body) as Record<string, unknown>;
        if (call.endpoint.includes('slack')) expect(posted).toMatchObject({ mrkdwn: false });
        if (call.endpoint.includes('discord')) expect(posted['allowed_mentions']).toEqual({ parse: [] });
        expect([posted['parse_mode'], posted['markdown']]).toEqual([undefined, undefined]);
      }
    });
    expect(found).toEqual([]);
  });

  it('is not changed in any language by the brand, or by what a template is filled with', async () => {
    const text = '{name} ({service}): {used} of {allowed}, {package} {price}';
    const template = { threshold: text, hold: text, release: text, purchase: text, 'auto-buy-refused': text };
    await open({ name: HOSTILE, template, brand: { name: SHOP, contact: `Ask ${SHOP}` } });
    const found: unknown[] = [];
    const clients = LANGUAGES.map((language, index) => ({ from: 1 + index * 3, language, name: HOSTILE }));
    await each(clients, (event, channel, said) => {
      const harm = findHarm(channel, said);
      if (harm.length > 0) found.push([event, channel, harm, said]);
    });
    expect(found).toEqual([]);
  });
});

/** What a name must not have brought about in a message. */
function findHarm(channel: string, text: string): string[] {
  const harm: [what: string, is: boolean][] = [
    ['order of letters', /[\u202A-\u202E\u2066\u2067]/.test(text)],
    ['a line of its own', /^Bcc:/m.test(text)],
    ['a placeholder that was filled', !text.includes('{used}') && text.includes('alert')],
    ['an element', channel === 'mail' && /<img src=x|<!channel>/.test(text.slice(text.indexOf('<body')))],
    ['a call of Slack', channel === 'slack' && /<!channel>|<img/.test(text)],
    ['formatting of Discord', channel === 'discord' && /(?<!\\)\*\*b|(?<!\\)\[c|(?<!\\)`e/.test(text)],
  ];
  return harm.flatMap(([what, is]) => (is ? [what] : []));
}
