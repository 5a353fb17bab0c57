import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { extractMain } from '../../test/page-texts.js';
import { findHardCoded } from '../../test/hard-coded.js';
import { GB } from '../../test/dashboard-bench.js';
import { type ResellerBench, startResellers } from '../../test/reseller-bench.js';

/** What is from outside: agents and users, and names of zones. */
const DATA = new Set(['north', 'anna', 'cora', 'UTC', 'Sluice']);

let bench: ResellerBench;
beforeAll(async () => {
  bench = await startResellers();
});
// So many forms are sent here that the limit of changes per minute would be reached.
beforeEach(() => {
  bench.at.clock.advance(61_000);
});
afterAll(() => bench.at.close());

const words = (page: string): string =>
  extractMain(page)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const send = async (path: string, fields: Record<string, string>) => {
  const answer = await bench.link.post(path, fields);
  const text = await answer.text();
  return { status: answer.status, text, words: words(text), to: answer.headers.get('location') ?? '' };
};
const read = async (path: string) => words(await (await bench.link.get(path)).text());
/** The panel as it is, so that a test sees that nothing was changed. */
const panel = (): string => JSON.stringify(bench.fake.snapshot());
/** Sends a form, then the one that asks with what it has; returns the page that it leads to. */
const confirm = async (path: string, fields: Record<string, string>) => {
  const asked = await send(path, fields);
  const hidden = bench.link.readForm(asked.text, path);
  const answer = await bench.link.send(path, hidden);
  const to = (answer.headers.get('location') ?? '').replace(`/share/${bench.link.token}`, '');
  return { asked: asked.words, hidden, status: answer.status, to, page: await read(to) };
};

describe('the forms of a reseller', () => {
  it('create a user after they asked, once', async () => {
    const before = panel();
    const asked = await send('/users', { name: 'cora', traffic: '5', days: '10' });
    expect([asked.status, panel()]).toEqual([200, before]);
    expect(asked.words).toMatch(/cora Traffic 5 GB Days of the package 10 Left of your budget afterwards 15 GB/);
    const made = await confirm('/users', { name: 'cora', traffic: '5', days: '10' });
    expect([made.status, made.page]).toEqual([303, expect.stringContaining('The user was created.')]);
    expect(made.page).toMatch(/cora .*0 B of 5 GB/);
    const again = await bench.link.send('/users', made.hidden);
    expect([again.status, again.headers.get('location')]).toEqual([303, `/share/${bench.link.token}${made.to}`]);
    const { users } = await bench.at.sluice.agents.users(bench.agents.north, { panel: 'vpn' });
    expect(users.filter(({ name }) => name === 'cora')).toMatchObject([{ limitBytes: 5 * GB, days: 10 }]);
    expect(await read('/')).toMatch(/Left 15 GB/);
  });

  it('refuse a name that hides or reorders characters, and say which field it is', async () => {
    const before = panel();
    for (const name of ['an\u202Ena', 'an\u001B[31mna', 'x'.repeat(101)]) {
      const refused = await send('/users', { name, traffic: '5', days: '10' });
      expect([refused.status, refused.words]).toEqual([
        400,
        expect.stringContaining('Name: write a name of at most 100 characters, all of them visible'),
      ]);
    }
    expect(panel()).toBe(before);
  });

  it('refuse more than the budget has in words, with what was typed, and change nothing', async () => {
    const before = panel();
    const refused = await send('/users', { name: 'dora', traffic: '21', days: '10' });
    expect([refused.status, refused.words]).toEqual([
      409,
      expect.stringContaining(
        'You asked for 21 GB, but 15 GB of your budget of 40 GB are left, so at most 15 GB fit; nothing was changed.',
      ),
    ]);
    expect(refused.text).toMatch(/name="name"[^>]*value="dora"/);
    expect(refused.text).toMatch(/name="traffic"[^>]*value="21"/);
    expect(refused.text).toMatch(/id="create-traffic"[^>]*aria-invalid="true"/);
    expect(refused.text).not.toMatch(/id="create-name"[^>]*(autofocus|aria-invalid)/);
    const more = await send(`/users/${bench.users.anna}/extend?language=fa`, { traffic: '۱۵٫۰۱', days: '' });
    expect([more.status, more.words]).toEqual([
      409,
      expect.stringContaining('شما ۱۵٫۰۱ گیگابایت خواسته‌اید، ولی از سهمیهٔ ۴۰ گیگابایت شما ۱۵ گیگابایت باقی است'),
    ]);
    const sent = await send('/users', { name: 'dora', traffic: '21', days: '10', confirmed: 'yes' });
    const raised = await send(`/users/${bench.users.anna}/extend`, { traffic: '20', days: '', confirmed: 'yes' });
    expect([sent.status, raised.status, panel()]).toEqual([409, 409, before]);
    for (const { text } of [refused, sent, raised])
      expect(bench.secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('say which field is wrong, and read digits of the reader', async () => {
    const before = panel();
    const wrong: [Record<string, string>, string, string][] = [
      [{ name: ' ', traffic: '5', days: '10' }, 'name', 'Name: write'],
      [{ name: 'x', traffic: ' ', days: '10' }, 'traffic', 'at most 1 PB'],
      [
        { name: 'x', traffic: 'much', days: '10' },
        'traffic',
        'such as 1.5TB; above zero, at most 1 PB. You wrote “much”.',
      ],
      [{ name: 'x', traffic: '0', days: '10' }, 'traffic', 'You wrote “0”.'],
      [{ name: 'x', traffic: '1,500', days: '10' }, 'traffic', 'You wrote “1,500”.'],
      [{ name: 'x', traffic: '2PB', days: '10' }, 'traffic', 'You wrote “2PB”.'],
      [{ name: 'x', traffic: '<b>\u202E', days: '10' }, 'traffic', 'You wrote “&lt;b&gt;'],
      [{ name: 'x', traffic: '5', days: '-1' }, 'days', 'such as 30. You wrote “-1”.'],
      [{ name: 'x', traffic: '5', days: '10001' }, 'days', 'You wrote “10001”.'],
    ];
    for (const [fields, field, why] of wrong) {
      const { status, text, words: shown } = await send('/users', fields);
      expect([status, shown]).toEqual([400, expect.stringContaining(why)]);
      expect(text).toMatch(new RegExp(`id="create-${field}"[^>]*aria-invalid="true"`));
      if (!fields[field]?.includes('<')) expect(text).toContain(`value="${fields[field] ?? ''}"`);
    }
    const nothing = await send(`/users/${bench.users.anna}/extend`, { traffic: '', days: '' });
    expect([nothing.status, nothing.words]).toEqual([400, expect.stringContaining('how many days')]);
    const persian = await send('/users', { name: 'x', traffic: '۲٫۵', days: '۱۰' });
    expect([persian.status, persian.words]).toEqual([200, expect.stringContaining('2.50 GB')]);
    expect(panel()).toBe(before);
  });

  it('read traffic as people write it, and say it as it was read until it is confirmed', async () => {
    const before = panel();
    const typed: [string, string, string][] = [
      ...['10GB', '10 GB', '10', '10240MB', '۱۰', '0.009765625TB', '10,0'].map((text): [string, string, string] => [
        text,
        'en',
        'Traffic 10 GB ',
      ]),
      ['1,5GB', 'pt-BR', 'Tráfego 1,50 GB '],
      ['۱۰ گیگابایت', 'fa', 'حجم ۱۰ گیگابایت '],
      ['1.5GB', 'zh-CN', '流量 1.50 GB '],
    ];
    for (const [traffic, language, shown] of typed) {
      const asked = await send(`/users?language=${language}`, { name: 'x', traffic, days: '10' });
      expect([traffic, asked.status, asked.words]).toEqual([traffic, 200, expect.stringContaining(shown)]);
      // Whatever the language is by then.
      const { traffic: sent } = bench.link.readForm(asked.text, '/users');
      expect(['10 GB', '1.50 GB']).toContain(sent);
    }
    const path = `/users/${bench.users.anna}/extend`;
    const more = await send(path, { traffic: '512MB', days: '' });
    expect([more.status, more.words]).toEqual([200, expect.stringContaining('10.50 GB')]);
    expect(panel()).toBe(before);
  });

  it('extend a user after they asked', async () => {
    const path = `/users/${bench.users.anna}`;
    expect(await read(path)).toMatch(
      /Traffic to add, in GB Added to the 10 GB that the user has Days to add Added to 90 days of the package/,
    );
    const { asked, page } = await confirm(`${path}/extend`, { traffic: '1', days: '5' });
    expect(asked).toMatch(/Traffic afterwards 11 GB Days of the package afterwards 95/);
    expect(page).toContain('The user was extended.');
    expect(page).toContain('9 GB of 11 GB');
    expect(bench.fake.user(bench.users.anna)).toMatchObject({ usageLimit: 11 * GB });
  });

  it('disable and enable a user, also one of a reseller below', async () => {
    for (const user of [bench.users.anna, bench.users.bela]) {
      const path = `/users/${user}`;
      const off = await send(`${path}/disable`, {});
      expect([off.status, bench.fake.user(user).enable]).toEqual([303, false]);
      const page = await read(`${path}?done=disabled`);
      expect(page).toMatch(/The user is disabled until you enable it.*disabled by its reseller/);
      const on = await send(`${path}/enable`, {});
      expect([on.status, on.to.endsWith('?done=enabled'), bench.fake.user(user).enable]).toEqual([303, true, true]);
    }
  });

  it('answer about a user of another agent as about none, and need the token of the page', async () => {
    const before = panel();
    for (const verb of ['extend', 'disable', 'enable']) {
      const fields = { traffic: '1', confirmed: 'yes' };
      const foreign = await send(`/users/${bench.users.foreign}/${verb}`, fields);
      const none = await send(`/users/${crypto.randomUUID()}/${verb}`, fields);
      expect([verb, foreign.status, none.status, foreign.words]).toEqual([verb, 404, 404, none.words]);
      const csrf = await bench.link.send(`/users/${bench.users.anna}/${verb}`, {
        ...fields,
        csrf: 'x',
        key: 'k'.repeat(20),
      });
      expect([verb, csrf.ok]).toEqual([verb, false]);
    }
    expect(panel()).toBe(before);
  });

  it('say in the words of the reader that the agent is suspended', async () => {
    await bench.at.sluice.agents.suspend('north', { note: 'did not pay', actor: 'alice' });
    const { status, text, words: shown } = await send('/users', { name: 'x', traffic: '1', days: '1' });
    await bench.at.sluice.agents.unsuspend('north');
    expect([status, shown]).toEqual([409, expect.stringContaining('Your account is suspended')]);
    expect(['alice', 'did not pay'].filter((word) => text.includes(word))).toEqual([]);
  });

  it('are in the language of the reader as a whole', async () => {
    const anna = `/users/${bench.users.anna}`;
    const sent: [string, Record<string, string>][] = [
      ['/users', { name: 'cora', traffic: '1', days: '1' }],
      ['/users', { name: 'cora', traffic: '900', days: '1' }],
      ['/users', { name: 'cora', traffic: 'anna', days: '1' }],
      [`${anna}/extend`, { traffic: '1', days: '1' }],
      [`${anna}/extend`, { traffic: '900', days: '1' }],
      [`${anna}/extend`, {}],
      [`/users/${bench.users.foreign}/disable`, {}],
    ];
    for (const [path, fields] of sent) {
      const { text } = await send(`${path}?language=fa`, fields);
      expect([path, findHardCoded(text, DATA)]).toEqual([path, []]);
    }
    for (const done of ['created', 'extended', 'disabled', 'enabled', 'still-disabled']) {
      const page = await (await bench.link.get(`${anna}?language=fa&done=${done}`)).text();
      expect([done, findHardCoded(page, DATA), page.includes('role="status"')]).toEqual([done, [], true]);
    }
  });
});
