import { describe, expect, it } from '@jest/globals';
import { type Key, LANGUAGES, toTexts } from '@sluice/messages';
import { closeAfterTest } from '../each-test.js';
import { DAY, GB } from '../hiddify-bench.js';
import { type Answered, type ResellerWorld, startResellerWorld } from './reseller-world.js';

/** What each surface says in an hour: texts by their keys, or the part of a message. */
interface Hour {
  agents?: Record<string, unknown>;
  config?: Record<string, unknown>;
  enter: (world: ResellerWorld) => unknown;
  /** The first page: its status, what it says in each language, and in English. */
  page: [status: number, keys: Key[], shown: RegExp];
  /** The page of a user. */
  user: [status: number, keys: Key[]];
  /** The form that makes a user. */
  form: [status: number, keys: Key[]];
  /** A request of the users, and one that makes a user; null where that is allowed. */
  api: [read: Partial<ApiAnswer>, create: Partial<ApiAnswer> | null];
  /** The command that lists the users. */
  command: [exitCode: number, said: RegExp];
}
interface ApiAnswer {
  status: number;
  code: string;
}

const unreadable = { kind: 'mutate', change: spoilRow } as const;

function spoilRow(rows: unknown): unknown {
  return Array.isArray(rows) ? rows.map((row: object, n) => (n === 1 ? { ...row, current_usage_GB: '?' } : row)) : rows;
}

const down = ({ at }: ResellerWorld): unknown => at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
const monthly = { accounting: 'consumed', period: 'monthly' };

/** Both users have used nine gigabytes of a budget that is three by now. */
async function exceed({ at, users, command }: ResellerWorld, words: string): Promise<void> {
  for (const user of Object.values(users)) at.panel.use(user, 9 * GB);
  await command('agent limit north --gb 3 --yes');
  await command(words);
}

const UNREAD = /Budget 40 GB Assigned to users 20 GB Left 20 GB/;
const HOURS: Record<string, Hour> = {
  'the panel is down': {
    enter: async (world) => {
      await world.page('/');
      world.at.bench.clock.advance(61_000);
      down(world);
    },
    page: [
      200,
      [],
      /Left 20 GB.*can’t be read at the moment. This is from 20 Nov 2026 12:00.*anna active 0 B of 10 GB/,
    ],
    user: [200, ['user.extendTitle']],
    form: [502, ['problem.later']],
    api: [
      { status: 502, code: 'PANEL_SERVER_ERROR' },
      { status: 502, code: 'PANEL_SERVER_ERROR' },
    ],
    command: [1, /HTTP 503/],
  },
  'the panel is down and was not read before': {
    enter: down,
    page: [200, ['user.unread'], UNREAD],
    user: [502, ['user.unread']],
    form: [502, ['problem.later']],
    api: [
      { status: 502, code: 'PANEL_SERVER_ERROR' },
      { status: 502, code: 'PANEL_SERVER_ERROR' },
    ],
    command: [1, /HTTP 503/],
  },
  'the figures of a user are unknown': {
    enter: ({ at }) => at.panel.server.inject({ endpoint: /GET .*\/user\//, fault: unreadable }),
    page: [200, ['user.unread'], UNREAD],
    user: [502, ['user.unread']],
    form: [502, ['problem.later']],
    api: [
      { status: 502, code: 'list_unreadable' },
      { status: 502, code: 'list_unreadable' },
    ],
    command: [1, /row 2: current_usage_GB/],
  },
  'the brake has stopped the check': {
    agents: monthly,
    config: { poll: { doubt: { jump: 'off' }, brake: { share: '10%', atLeast: 1 } } },
    enter: (world) => exceed(world, 'agent check --all'),
    page: [200, ['agent.usedUp'], /Used 18 GB Left 0 B .*Enabled 2 users .*anna active 9 GB/],
    user: [200, ['user.disable']],
    form: [409, []],
    api: [{ status: 200 }, { status: 409, code: 'agent_limit' }],
    command: [0, /anna +north +active/],
  },
  'the budget is used up': {
    agents: monthly,
    enter: (world) => exceed(world, 'agent check --all --allow-mass'),
    page: [200, ['disabledFor.limit'], /less than 95 % of it is used.*Used 18 GB Left 0 B .*Enabled 0 users/],
    user: [200, ['disabledFor.limit']],
    form: [409, []],
    api: [{ status: 200 }, { status: 409, code: 'agent_limit' }],
    command: [0, /anna +north +disabled .*limit/],
  },
  'the period has ended and the panel is down': {
    agents: monthly,
    enter: async (world) => {
      world.at.panel.use(world.users.anna, 5 * GB);
      await world.command('agent check --all');
      world.at.bench.clock.set(Date.parse('2026-12-01T00:00:30Z'));
      down(world);
    },
    page: [200, ['agent.periodEnded', 'user.unread'], /Budget 40 GB Used unknown Left unknown Users 2 users/],
    user: [502, ['user.unread']],
    form: [502, ['problem.later']],
    api: [
      { status: 502, code: 'PANEL_SERVER_ERROR' },
      { status: 502, code: 'PANEL_SERVER_ERROR' },
    ],
    command: [1, /HTTP 503/],
  },
  'the store was moved': {
    enter: async ({ command, send }) => {
      await send('/users');
      const { status, text } = await command('db copy --to other.db');
      if (status !== 0) throw new Error(text);
    },
    page: [503, ['problem.later'], /./],
    user: [503, ['problem.later']],
    form: [503, ['problem.later']],
    api: [
      { status: 503, code: 'store_moved' },
      { status: 503, code: 'store_moved' },
    ],
    command: [1, /was moved/],
  },
  'link and token were revoked while it looked': {
    enter: async ({ page, sluice, access }) => {
      await page('/');
      for (const id of Object.values(access)) await sluice.access.revoke(id);
    },
    page: [404, ['link.dead'], /./],
    user: [404, ['link.dead']],
    form: [404, ['link.dead']],
    api: [
      { status: 401, code: 'no_token' },
      { status: 401, code: 'no_token' },
    ],
    command: [0, /anna/],
  },
  'the link has expired while it looked': {
    enter: async ({ page, at }) => {
      await page('/');
      at.bench.clock.advance(31 * DAY);
    },
    page: [404, ['link.dead'], /./],
    user: [404, ['link.dead']],
    form: [404, ['link.dead']],
    api: [{ status: 200 }, null],
    command: [0, /anna/],
  },
};

/** Expects what a page says in its language, by keys. */
function expectSaid({ text }: Answered, keys: readonly Key[], language: (typeof LANGUAGES)[number]): void {
  for (const key of keys)
    expect(text).toContain(
      toTexts(language)
        .said<string>({ key }, () => '')
        .join(''),
    );
}

describe.each(Object.entries(HOURS))('while %s', (_name, hour) => {
  it('pages, API and command of a reseller say so in the same words, and nothing unknown as zero', async () => {
    const world = closeAfterTest(await startResellerWorld(hour.agents, hour.config));
    const { at, page, send, api, command, users } = world;
    await hour.enter(world);
    const before = JSON.stringify(at.panel.snapshot());
    for (const language of LANGUAGES) {
      const shown = await page('/', language);
      expect(shown.status).toBe(hour.page[0]);
      expectSaid(shown, hour.page[1], language);
      if (language === 'en') expect(shown.text).toMatch(hour.page[2]);
      const user = await page(`/users/${users.anna}`, language);
      expect(user.status).toBe(hour.user[0]);
      expectSaid(user, hour.user[1], language);
      const refused = await send('/users', { name: 'cora', traffic: '5', days: '10' }, language);
      expect(refused.status).toBe(hour.form[0]);
      expectSaid(refused, hour.form[1], language);
    }
    const [read, create] = hour.api;
    expect(toApiAnswer(await api('GET /agents/own/users'))).toMatchObject(read);
    if (create !== null)
      expect(toApiAnswer(await api('POST /agents/own/users', { name: 'dora', limitBytes: 5 * GB }))).toMatchObject(
        create,
      );
    const listed = await command('agent user list north');
    expect([listed.status, listed.text]).toEqual([hour.command[0], expect.stringMatching(hour.command[1])]);
    expect(JSON.stringify(at.panel.snapshot())).toBe(before);
  });
});

function toApiAnswer({ status, text }: Answered): Partial<ApiAnswer> {
  const { error } = JSON.parse(text) as { error?: { code: string } };
  return { status, ...(error && { code: error.code }) };
}
