import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GB } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';
import { extractMain } from '../../test/page-texts.js';
import { findHardCoded } from '../../test/hard-coded.js';
import { type ResellerBench, startResellers } from '../../test/reseller-bench.js';

/** What is from outside: the agent in the title, names of zones and the languages by their own names. */
const DATA = new Set(['north', 'anna', 'UTC', 'Sluice']);

let bench: ResellerBench;
let token: string;
beforeAll(async () => {
  bench = await startResellers();
  const period = { panel: 'vpn', agent: bench.agents.north, accounting: 'consumed' as const, limitBytes: 30 * GB };
  const unread = { usedBytes: null, exceeded: null, exceededAt: null, readAt: null };
  const exceededAt = '2026-09-28T09:35:00.000Z';
  const [august, september, october, november] = ['08', '09', '10', '11'].map(
    (month) => `2026-${month}-01T00:00:00.000Z`,
  );
  await bench.at.store.agentPeriods.put([
    { ...period, startedAt: august ?? '', endedAt: september ?? '', ...unread, limitBytes: null },
    {
      ...period,
      startedAt: september ?? '',
      endedAt: october ?? '',
      usedBytes: 31 * GB,
      exceeded: true,
      exceededAt,
      readAt: exceededAt,
    },
    {
      ...period,
      startedAt: october ?? '',
      endedAt: november ?? '',
      usedBytes: 3 * GB,
      exceeded: false,
      exceededAt: null,
      readAt: exceededAt,
    },
    {
      ...period,
      agent: bench.agents.south,
      startedAt: october ?? '',
      endedAt: november ?? '',
      ...unread,
      limitBytes: 77 * GB,
    },
  ]);
  ({ token } = await bench.at.sluice.access.create({ name: 'r', scopes: [`agent:${bench.agents.north}`] }));
});
afterAll(() => bench.at.close());

const words = (page: string): string =>
  extractMain(page)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const read = async (path: string, link = bench.link) => {
  const answer = await link.get(path);
  const text = await answer.text();
  return { status: answer.status, text, words: words(text) };
};

describe('the pages of a reseller', () => {
  it('show the budget and the users with the figures of the API, those first that have used most', async () => {
    const { json } = await bench.at.call('GET /agents/own/users', { token });
    const { users } = json as {
      users: { name: string; usedBytes: number; daysLeft: number; access: { links: { url: string }[] } }[];
    };
    const { status, text, words: shown } = await read('/');
    expect([status, shown]).toEqual([200, expect.stringContaining('Reseller north')]);
    expect(shown).toMatch(/Budget 40 GB Assigned to users 20 GB Left 20 GB/);
    const [anna, bela] = [users.find(({ name }) => name === 'anna'), users.find(({ name }) => name === 'bela')];
    expect(shown).toMatch(new RegExp(`anna active 9 GB of 10 GB 90% ${anna?.daysLeft}`));
    expect(shown).toMatch(new RegExp(`bela east active 0 B of 10 GB 0% ${bela?.daysLeft}`));
    expect(shown.indexOf('anna')).toBeLessThan(shown.indexOf('bela'));
    const url = anna?.access.links[0]?.url ?? 'none';
    expect(text).toContain(`href="${url}"`);
    expect(url).toContain('https://vpn.example.com');
    const user = await read(`/users/${bench.users.anna}`);
    expect(user.words).toMatch(/State active Used 9 GB of 10 GB 90% Left 1 GB/);
    expect(user.text).toContain(`value="${url}"`);
  });

  it('are headed by the words of a reseller where the provider has no name', async () => {
    const { text } = await read('/');
    expect(text).toContain(`<a href="/share/${bench.link.token}"><bdi>Your users</bdi></a>`);
    expect(text).not.toContain('Your services');
  });

  it('show the earlier periods with their budgets, and what is not known as such', async () => {
    const { words: shown } = await read('/');
    const [, list = ''] = shown.split('Earlier periods Period Budget Used Budget used up');
    expect(list).toMatch(
      /Oct.* 2026 30 GB 3 GB 10% no .*Sep.* 2026 30 GB 31 GB 103% 28 Sep.* 2026.*Aug.* 2026 no limit unknown unknown What was used/,
    );
    expect(shown).not.toContain('77 GB');
    const cookie = await bench.at.login();
    const staff = await (await bench.at.fetch(`/agents/${bench.agents.north}?panel=vpn`, { cookie })).text();
    expect(words(staff)).toContain('Earlier periods Period Budget Used Budget used up');
    const { json } = await bench.at.call('GET /agents/own/history', { token });
    expect((json as { periods: { start: string }[] }).periods.map(({ start }) => start.slice(0, 7))).toEqual([
      '2026-11',
      '2026-10',
      '2026-09',
      '2026-08',
    ]);
  });

  it('name no key of an agent, and nothing of others', async () => {
    for (const path of ['/', `/users/${bench.users.anna}`, `/users/${bench.users.bela}`, '/services/svc-1']) {
      const { text } = await read(path);
      expect([path, bench.secrets.filter((secret) => text.includes(secret))]).toEqual([path, []]);
    }
  });

  it('answer about users of others as about none', async () => {
    const path = (user: string): string => `/users/${user}`;
    const [foreign, none] = [await read(path(bench.users.foreign)), await read(path(crypto.randomUUID()))];
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(foreign.words).toBe(none.words);
    expect(foreign.words).toContain('There is no such user');
    const south = await Link.open(bench.at, { agent: 'south' });
    const { words: shown } = await read('/', south);
    expect(['anna', 'bela', 'north', 'east'].filter((name) => shown.includes(name))).toEqual([]);
    expect(shown).toContain('foreign');
    expect((await read(path(bench.users.anna), south)).status).toBe(404);
  });

  it('open for a token after a login, too, but none of the provider’s', async () => {
    const cookie = await bench.at.login(token);
    const answer = await bench.at.fetch('/', { cookie });
    expect([answer.status, words(await answer.text())]).toEqual([200, expect.stringContaining('anna')]);
    for (const path of ['/agents', '/services/svc-1', '/log', '/settings'])
      expect([path, (await bench.at.fetch(path, { cookie })).status]).toEqual([path, 404]);
  });

  it('warn of a budget of which much is used, and find a user by name', async () => {
    const panel = { panel: 'vpn', opening: undefined, dryRun: false };
    await bench.at.sluice.agents.limit('north', { ...panel, limitBytes: 24 * GB });
    bench.at.clock.advance(60_000);
    expect((await read('/')).words).toContain('83% of your budget are assigned to users.');
    await bench.at.sluice.agents.limit('north', { ...panel, limitBytes: 40 * GB });
    const { words: shown } = await read('/?q=BEL');
    expect([shown.includes('bela'), shown.includes('anna')]).toEqual([true, false]);
  });

  it('lead to the form for a new user from above the list, and search among many users without a script', async () => {
    const few = (await read('/')).text;
    expect(few).toMatch(/<a href="#create">New user<\/a>[\s\S]*<section class="card"\s+id="create"/);
    expect(few).not.toContain('<noscript><form');
    const added = Array.from({ length: 10 }, (_, n) =>
      bench.fake.addUser({ agent: bench.agents.north, name: `many ${n}`, usageLimit: 0 }),
    );
    bench.at.clock.advance(60_000);
    const many = (await read('/')).text;
    expect(many).toMatch(/<noscript>\s*<form[^>]*method="get"[\s\S]*name="q"[\s\S]*<\/noscript>/);
    for (const user of added) bench.fake.deleteUser(user);
    bench.at.clock.advance(60_000);
  });

  it('are in the language of the reader as a whole', async () => {
    for (const path of ['/', `/users/${bench.users.anna}`, `/users/${bench.users.foreign}`, '/none']) {
      const { text } = await read(`${path}?language=fa`);
      expect([path, findHardCoded(text, DATA)]).toEqual([path, []]);
      expect(text).toContain('<html lang="fa" dir="rtl">');
    }
  });

  it('say that the users can’t be read, and show the last ones with their age', async () => {
    const link = await Link.open(bench.at, { agent: 'south' });
    await read('/', link);
    bench.fake.server.inject({ fault: { kind: 'status', status: 503 } });
    bench.at.clock.advance(60_000);
    const { status, words: shown } = await read('/', link);
    bench.fake.server.clearFaults();
    expect([status, shown]).toEqual([
      200,
      expect.stringMatching(/can’t be read at the moment. This is from .*foreign/),
    ]);
  });
});
