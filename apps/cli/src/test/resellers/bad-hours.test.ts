import { describe, expect, it } from '@jest/globals';
import type { AgentUserView } from '@sluice/engine';
import type { FakeCall, Fault } from '@sluice/fake-panels';
import { closeAfterTest } from '../each-test.js';
import { GB } from '../hiddify-bench.js';
import { type ResellerWorld, startResellerWorld } from './reseller-world.js';

const LATER = 'could not be done at the moment; try again later';
const IN_DOUBT = 'It is not known yet whether this was done.';

/** What is reserved by the page, the API and the command. */
async function reservedBy({ page, api, command }: ResellerWorld): Promise<string> {
  const shown = await page('/');
  const { reservedBytes } = JSON.parse((await api('GET /agents/own')).text) as { reservedBytes: number };
  const { text } = await command('agent show north');
  const [, byPage] = /not counted yet (\d+ GB)/.exec(shown.text) ?? [];
  const [, byCommand] = /reserved: (\d+ GB)/.exec(text) ?? [];
  return `${byPage} ${reservedBytes / GB} GB ${byCommand}`;
}

/** The first changing call is lost, and each call after it: what became of it can't be read. */
function loseChange({ at }: ResellerWorld, fault: Fault = { kind: 'cut' }): () => void {
  let isLost = false;
  const match = ({ changing }: FakeCall): boolean => isLost || (isLost = changing);
  return at.panel.server.inject({ match, fault });
}

it('say that it is not known whether a user was made or extended, and make it once when it is sent again', async () => {
  const world = closeAfterTest(await startResellerWorld());
  const { at, users } = world;
  const anna = `/users/${users.anna}/extend`;
  const ways: [() => Promise<{ status: number; text: string }>, string][] = [
    [() => world.send('/users', { name: 'cora', traffic: '2', days: '10' }), IN_DOUBT],
    [() => world.api('POST /agents/own/users', { name: 'dora', limitBytes: 2 * GB }), IN_DOUBT],
    [
      () => world.command('agent user create north --name emma --gb 2'),
      'It is not known whether user "emma" was created',
    ],
    [() => world.send(anna, { traffic: '1', days: '' }), IN_DOUBT],
    [() => world.api('POST /agents/own/users/anna/extend', { bytes: 2 * GB }), IN_DOUBT],
    [() => world.command('agent user extend north anna --gb 3'), 'may still have been made'],
  ];
  for (const [send, said] of ways) {
    const find = loseChange(world);
    const { text } = await send();
    find();
    expect(await reservedBy(world)).toMatch(/^(\d) GB \1 GB \1 GB$/);
    expect([text, text.includes(LATER)]).toEqual([expect.stringContaining(said), false]);
    const again = await send();
    expect([0, 200, 201, 303]).toContain(again.status);
    at.bench.clock.advance(61_000);
  }
  const limits = at.panel.listUsers(at.north).map(({ name, usageLimit }) => [name, usageLimit / GB]);
  expect(Object.fromEntries(limits)).toEqual({ anna: 16, bela: 10, cora: 2, dora: 2, emma: 2 });
});

/** The state of anna by each surface: the page, the list of the command and the document of the API. */
async function stateOf({
  page,
  api,
  command,
  users,
}: ResellerWorld): Promise<Record<'page' | 'command' | 'api', string>> {
  const shown = await page(`/users/${users.anna}`);
  const { text } = await command('agent user list north');
  const list = JSON.parse((await api('GET /agents/own/users')).text) as { users: AgentUserView[] };
  const { state, disabledFor, pending } =
    list.users.find(({ name }) => name === 'anna') ?? ({} as Partial<AgentUserView>);
  return {
    page: /State (.*) Used/.exec(shown.text)?.[1] ?? shown.text,
    command: /^anna .*$/m.exec(text)?.[0].replaceAll(/ {2,}/g, ' ') ?? text,
    api: `${state} ${disabledFor?.join(',')} ${pending}`,
  };
}

const SENT = ['page', 'api', 'command'] as const;
/** What was noted, and the panel has not done yet: for each verb the state by each surface, and what the next check makes of it. */
const NOTED = {
  disable: {
    before: [],
    noted: { page: 'active to be disabled', command: /active .* to be disabled$/, api: 'active  disable' },
    checked: {
      page: 'disabled Why it is disabled disabled by its reseller',
      command: /disabled .* reseller$/,
      api: 'disabled reseller null',
    },
  },
  enable: {
    before: ['agent user disable north anna'],
    noted: { page: 'disabled to be enabled', command: /disabled .* to be enabled$/, api: 'disabled  enable' },
    checked: { page: 'active', command: /active .* -$/, api: 'active  null' },
  },
} as const;

describe.each(SENT)('a change of the reseller by %s that the panel refuses', (by) => {
  it.each(['disable', 'enable'] as const)('is noted, shown everywhere and done by the next check: %s', async (verb) => {
    const world = closeAfterTest(await startResellerWorld());
    const { at, users } = world;
    const { before, noted, checked } = NOTED[verb];
    for (const words of before) await world.command(words);
    const find = at.panel.server.inject({ match: ({ changing }) => changing, fault: { kind: 'status', status: 500 } });
    const send = {
      page: () => world.send(`/users/${users.anna}/${verb}`),
      api: () => world.api(`POST /agents/own/users/anna/${verb}`, {}),
      command: () => world.command(`agent user ${verb} north anna`),
    };
    const { status, text } = await send[by]();
    if (by === 'page') {
      expect([status, text]).toEqual([303, `/users/${users.anna}?done=noted`]);
      expect((await world.page(text)).text).toContain('Noted, but the panel has not done it yet');
    } else if (by === 'api')
      expect(JSON.parse(text)).toMatchObject({ run: { outcome: 'partial' }, user: { pending: verb } });
    else expect([status, text]).toEqual([3, expect.stringContaining(`it is still to be ${verb}d`)]);
    find();
    expect(await stateOf(world)).toEqual({ ...noted, command: expect.stringMatching(noted.command) });
    at.bench.clock.advance(61_000);
    await world.command('agent check --all');
    expect(await stateOf(world)).toEqual({ ...checked, command: expect.stringMatching(checked.command) });
  });
});

it.each(['on', 'observe'] as const)(
  'a change that was noted is tried again by itself only where checks change users: %s',
  async (enforce) => {
    const world = closeAfterTest(await startResellerWorld(undefined, { enforce }));
    const { at, users } = world;
    const find = at.panel.server.inject({ match: ({ changing }) => changing, fault: { kind: 'status', status: 500 } });
    await world.send(`/users/${users.anna}/disable`);
    find();
    const { text } = await world.page(`/users/${users.anna}`);
    expect(text).toContain('Send it again to try it now.');
    expect(text.includes('It is tried again by itself, too.')).toBe(enforce === 'on');
    at.bench.clock.advance(61_000);
    await world.command('agent check --all');
    expect(at.panel.user(users.anna).enable).toBe(enforce === 'observe');
  },
);

it('a user that is to be disabled can be disabled at once, or left enabled, by its page', async () => {
  const world = closeAfterTest(await startResellerWorld());
  const { at, users } = world;
  const refuse = (): (() => void) =>
    at.panel.server.inject({ match: ({ changing }) => changing, fault: { kind: 'status', status: 500 } });
  const anna = `/users/${users.anna}`;
  for (const verb of ['disable', 'enable']) {
    const find = refuse();
    await world.send(`${anna}/disable`);
    find();
    const { text } = await world.page(anna);
    expect(text).toMatch(
      /You have disabled this user, but the panel has not done it yet.* Disable the user .*Enable the user/,
    );
    const { status, text: to } = await world.send(`${anna}/${verb}`);
    expect([status, to]).toEqual([303, `${anna}?done=${verb}d`]);
    expect(at.panel.user(users.anna).enable).toBe(verb === 'enable');
    await world.command('agent user enable north anna');
    at.bench.clock.advance(61_000);
    await world.command('agent check --all');
    expect(at.panel.user(users.anna).enable).toBe(true);
  }
});
