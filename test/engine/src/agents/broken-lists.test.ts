import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Fault, few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { calls, readContents, GB, minute, startWorld, type TestManager } from './world.js';

const world = useBench(startWorld);

type Row = Record<string, unknown>;
const rows = (json: unknown): Row[] => json as Row[];

const mutate = (change: (row: Row) => Row): Fault => ({ kind: 'mutate', change: (json) => rows(json).map(change) });
/** Changes the second row of a list. */
const mutateOne = (change: (row: Row) => Row): Fault => ({
  kind: 'mutate',
  change: (json) => rows(json).map((row, n) => (n === 1 ? change(row) : row)),
});
const half = (json: unknown): Row[] => rows(json).slice(0, Math.ceil(rows(json).length / 2) - 1);

/** Answers that are no list, and the error of a check. */
const noLists: [string, Fault, string][] = [
  ['500', { kind: 'status', status: 500, body: { msg: 'boom' } }, 'PANEL_SERVER_ERROR'],
  ['502', { kind: 'html', status: 502 }, 'PANEL_SERVER_ERROR'],
  ['403', { kind: 'status', status: 403, body: { message: 'Unathorized' } }, 'PANEL_FORBIDDEN'],
  ['404 with other words', { kind: 'status', status: 404, body: { message: 'Not found' } }, 'PANEL_NOT_FOUND'],
  ['404 from a proxy', { kind: 'html', status: 404 }, 'PANEL_NOT_FOUND'],
  ['a page', { kind: 'html' }, 'PANEL_UNREADABLE'],
  ['an empty answer', { kind: 'empty' }, 'PANEL_UNREADABLE'],
  ['half a list', { kind: 'truncated' }, 'PANEL_UNREACHABLE'],
  ['a cut', { kind: 'cut' }, 'PANEL_UNREACHABLE'],
  ['an object', { kind: 'body', body: { users: [] } }, 'PANEL_UNREADABLE'],
  ['a text', { kind: 'body', body: '"nothing"' }, 'PANEL_UNREADABLE'],
];

/** Everything that can be wrong with a list. */
const broken: [string, Fault, string][] = [
  ...few(noLists),
  ['an empty list', { kind: 'body', body: [] }, 'list_empty'],
  ['the words for an empty list', { kind: 'status', status: 404, body: { message: 'You have no user' } }, 'list_empty'],
  ['less than half of the rows', { kind: 'mutate', change: half }, 'list_halved'],
  ['one row that is not readable', mutateOne((row) => ({ ...row, name: null })), 'list_unreadable'],
  [
    'one row that stands in it twice',
    { kind: 'mutate', change: (json) => [...rows(json), rows(json)[1]] },
    'list_unreadable',
  ],
];

const onlyUsers: [string, Fault, string][] = [
  ['figures as text', mutate((row) => ({ ...row, current_usage_GB: '0' })), 'list_unreadable'],
  ['figures left out', mutate(({ current_usage_GB: _, ...row }) => row), 'list_unreadable'],
  ['one unreadable limit', mutateOne((row) => ({ ...row, usage_limit_GB: {} })), 'list_unreadable'],
  ['one unreadable owner', mutateOne((row) => ({ ...row, added_by_uuid: 'x' })), 'list_unreadable'],
];

/** The code that reads an answer is the same for both lists. */
const ofAccounts = few(broken, 4)
  // The list of accounts has the Owner at least.
  .map(([name, fault, code]): (typeof broken)[number] => [name, fault, code.replace('list_empty', 'list_unreadable')]);

describe.each([
  ['users', 'GET /api/v2/admin/user/', [...broken, ...onlyUsers]],
  ['accounts', 'GET /api/v2/admin/admin_user/', ofAccounts],
])('a broken list of %s', (_, endpoint, faults) => {
  let manager: TestManager;
  let enabled: string;
  let disabled: string;

  beforeEach(async () => {
    manager = world.manager();
    for (const name of ['over', 'back', 'third', 'fourth']) world.fake.addAgent(undefined, { name });
    const [over = '', back = ''] = [...world.fake.state.admins.values()].slice(1).map(({ uuid }) => uuid);
    enabled = world.fake.addUser({ agent: over });
    disabled = world.fake.addUser({ agent: back });
    for (let n = 0; n < 4; n += 1) world.fake.addUser();
    await manager.setTrafficLimits({ over: GB, back: GB });
    world.fake.use(disabled, GB);
    world.time.advance(minute);
    await manager.sweep();
    // Now one agent is due to be disabled and one to be given back.
    world.fake.use(enabled, GB);
    await manager.setTrafficLimit('back', 100 * GB);
    world.fake.use(enabled, GB);
    world.time.advance(minute);
    world.fake.server.clearCalls();
  });

  it.each(faults)('(%s) disables and gives back nobody, and is remembered nowhere', async (_name, fault, code) => {
    const remove = world.fake.server.inject({ endpoint, fault });
    const before = await readContents(world.store);
    await expect(manager.sweep()).rejects.toMatchObject({
      code,
      report: {
        run: { outcome: 'failed' },
        totals: { disabled: 0, restored: 0 },
        agents: Array.from({ length: 4 }, () => ({ actions: [] })),
      },
    });
    expect(calls(world.fake, 'changing')).toEqual([]);
    expect([enabled, disabled].map((uuid) => world.fake.user(uuid).enable)).toEqual([true, false]);
    expect(await readContents(world.store)).toEqual(before);

    // What is known stays known; the next good list goes on from there.
    remove();
    world.time.advance(minute);
    expect((await manager.sweep()).totals).toMatchObject({ disabled: 1, restored: 1 });
    expect((await manager.getAgent('over')).usedBytes).toBe(2 * GB);
  });

  it('refuses a creation too', async () => {
    world.fake.server.inject({ endpoint, fault: { kind: 'html' } });
    world.time.advance(5 * minute);
    await expect(manager.createUser('back', { name: 'x', limitBytes: 1 })).rejects.toMatchObject({
      code: 'PANEL_UNREADABLE',
    });
  });
});

describe('a list that has shrunk', () => {
  it('is not: exactly half', async () => {
    const users = Array.from({ length: 10 }, () => world.fake.addUser());
    const manager = world.manager();
    await manager.refresh();
    for (const uuid of users.slice(5)) world.fake.deleteUser(uuid);
    world.time.advance(minute);
    expect((await manager.sweep({ dryRun: true })).error).toBeNull();
  });
});

describe('a list that is not the newest', () => {
  it('is not concluded from when another run read the panel meanwhile', async () => {
    const north = world.fake.addAgent(undefined, { name: 'north' });
    const user = world.fake.addUser({ agent: north, currentUsage: 10 * GB });
    const manager = world.manager();
    await manager.setTrafficLimit('north', 100 * GB);
    world.time.advance(minute);
    // The other one begins later, sees more, and is done first.
    let nested = true;
    const stop = world.fake.server.onCall(({ endpoint }) => {
      if (endpoint !== 'GET /api/v2/admin/user/' || !nested) return;
      nested = false;
      world.time.advance(1000);
    });
    const other = world.manager();
    const slow = manager.sweep();
    await world.fake.server.waitForCall(({ endpoint }) => endpoint === 'GET /api/v2/admin/user/');
    world.fake.use(user, GB);
    await other.refresh();
    await slow;
    stop();
    world.time.advance(minute);
    await manager.refresh();
    // Whatever the order was, nothing was taken for a reset.
    expect((await manager.getAgent('north')).usedBytes).toBe(11 * GB);
  });

  it('goes on when the clock was set back', async () => {
    const north = world.fake.addAgent(undefined, { name: 'north' });
    const user = world.fake.addUser({ agent: north });
    const manager = world.manager();
    await manager.setTrafficLimit('north', 100 * GB);
    world.time.advance(365 * 24 * 60 * minute);
    await manager.refresh();
    world.time.advance(-365 * 24 * 60 * minute);
    world.fake.use(user, GB);
    expect((await manager.sweep({ dryRun: true })).error).toBeNull();
    expect((await manager.getAgent('north')).usedBytes).toBe(GB);
  });
});
