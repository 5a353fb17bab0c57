import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';

const at = useBench(startAgency);

const codes = ({ notices }: { notices: readonly { code: string }[] }): string[] => notices.map(({ code }) => code);
const north = async () => (await at.sluice.agents.list()).agents.filter(({ name }) => name === 'north');

/** Uses up the limit of north, and changes its key; returns the new one. */
async function rotate(): Promise<string> {
  await at.exceed();
  expect(at.enabled()).toEqual([false, false]);
  return at.panel.rotateKey(at.north);
}

it('an agent whose key was changed keeps its limit, ledger and holds', async () => {
  const key = await rotate();
  const report = await at.check();
  expect(at.enabled()).toEqual([false, false]);
  expect(await at.holds()).toEqual(['agent-limit']);
  expect(await north()).toMatchObject([{ uuid: key, limitBytes: 5 * GB, usedBytes: 5 * GB, usersDisabledByUs: 2 }]);
  expect(codes(report)).toEqual(['agent_renamed']);
  const [notice] = report.notices;
  expect(notice?.message).toContain('agent "north" has the uuid (key)');
  expect(notice?.message).toContain('write the new uuid into the config at products.agency.hiddify.agent');
  expect(notice?.message).not.toContain(key);
  expect(codes(await at.check())).toEqual([]);

  await at.limit('north', 50);
  await at.check();
  expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
});

it('its suspension lasts, and ends by command', async () => {
  await at.sluice.agents.suspend('north');
  at.panel.rotateKey(at.north);
  await at.check();
  expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
  await at.sluice.agents.unsuspend('north');
  expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
});

it('a suspension that is ended first finds it by its name', async () => {
  await at.sluice.agents.suspend('north');
  at.panel.rotateKey(at.north);
  await at.sluice.agents.unsuspend('north');
  expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
});

it('is found with another key by a check of it alone, and by commands that only read', async () => {
  const key = await rotate();
  at.bench.clock.advance(5 * MINUTE);
  const one = await at.sluice.agents.check({ agent: 'north' });
  expect(one.agents).toMatchObject([{ uuid: key, usersDisabledByUs: 2 }]);
  const again = at.panel.rotateKey(key);
  at.bench.clock.advance(5 * MINUTE);
  expect(await north()).toMatchObject([{ uuid: again, limitBytes: 5 * GB }]);
  expect(codes(await at.check())).toEqual(['agent_renamed', 'agent_renamed']);
  expect(at.enabled()).toEqual([false, false]);
  // As after a restored backup.
  at.panel.rotateKey(again, at.north);
  await at.check();
  expect(await north()).toMatchObject([{ uuid: at.north, usersDisabledByUs: 2 }]);
});

it('its first limit since asks by what it has used', async () => {
  await at.limit('north', 50);
  at.panel.use(at.loose, 9 * GB);
  await at.check();
  at.panel.resetUsage(at.loose);
  // A fall counts with the second reading.
  for (let times = 0; times < 2; times++) await at.check();
  at.panel.rotateKey(at.north);
  at.bench.clock.advance(5 * MINUTE);
  const questions: string[] = [];
  const confirm = (question: string) => {
    questions.push(question);
    return Promise.reject(new Error('declined'));
  };
  await expect(at.limit('north', 5, { confirm })).rejects.toThrow('declined');
  expect(questions).toEqual([expect.stringContaining('9 GB of 5 GB')]);
  expect(await north()).toMatchObject([{ limitBytes: 50 * GB, usedBytes: 9 * GB }]);
});

it('a dry run changes nothing, and says what the next check does', async () => {
  const key = await rotate();
  at.bench.clock.advance(5 * MINUTE);
  const before = await at.bench.store.agents.list('vpn');
  for (const agent of [undefined, 'north']) {
    const preview = await at.sluice.agents.check({ dryRun: true, agent });
    expect(preview.agents.filter(({ name }) => name === 'north')).toMatchObject([
      { uuid: key, usersDisabledByUs: 2, actions: [] },
    ]);
    expect(codes(preview)).toEqual(['agent_renamed']);
  }
  expect(await at.bench.store.agents.list('vpn')).toEqual(before);
  expect(codes(await at.check())).toEqual(['agent_renamed']);
  expect(at.enabled()).toEqual([false, false]);
});

it('stays exempt, and doctor says where the config has the former key', async () => {
  await at.bench.edit('timeout: 60s', `timeout: 60s, agents: { exempt: [${at.north}] }`);
  await at.exceed();
  at.panel.rotateKey(at.north);
  const report = await at.check();
  expect(at.enabled()).toEqual([true, true]);
  expect(report.notices[0]?.message).toContain('panels.vpn.agents.exempt.0');
  const { checks } = await at.sluice.panels.doctor();
  expect(checks.filter(({ name }) => name === 'exempt agent')).toMatchObject([
    {
      status: 'warning',
      code: 'exempt_agent',
      message: 'agent "north" has another uuid now, and is exempt by its former one',
    },
  ]);
});

it.each([['a limit'], ['no limit']])(
  'doctor and creations say that a product names it by its former key (%s)',
  async (limit) => {
    const key = await rotate();
    await at.check();
    if (limit === 'no limit') await at.limit('north', null);
    // The notice is not repeated.
    at.bench.clock.advance(48 * 60 * MINUTE);
    await at.check();
    const { checks } = await at.sluice.panels.doctor();
    const places = 'write the new uuid into the config at products.agency.hiddify.agent';
    expect(checks.filter(({ code }) => code === 'former_agent')).toMatchObject([
      {
        status: 'warning',
        message: `agent "north" has another uuid (key) on the panel now; ${places}`,
        details: { panel: 'vpn' },
      },
    ]);
    await expect(at.create(2, { product: 'agency' })).rejects.toThrow(places);
    await at.bench.edit(`agent: ${at.north}`, `agent: ${key}`);
    expect((await at.sluice.panels.doctor()).checks.filter(({ code }) => code === 'former_agent')).toEqual([]);
  },
);

it('an agent and the one above it change their keys at once', async () => {
  const east = at.panel.addAgent(at.north, { name: 'east' });
  const user = at.panel.addUser({ agent: east, usageLimit: 10 * GB });
  await at.check();
  await at.exceed();
  expect(at.panel.user(user).enable).toBe(false);
  const above = at.panel.rotateKey(at.north);
  const below = at.panel.rotateKey(east);
  expect(codes(await at.check()).sort()).toEqual(['agent_renamed', 'agent_renamed']);
  expect(await at.sluice.agents.show(below)).toMatchObject({ ancestors: [{ uuid: above }, { name: 'Owner' }] });
  expect(at.panel.user(user).enable).toBe(false);
  await at.limit('north', 50);
  await at.check();
  expect([...at.enabled(), at.panel.user(user).enable]).toEqual([true, true, true]);
});

describe('an agent that has only sub-agents, all of which change their keys with it', () => {
  let upper: string;
  let lower: string[];
  let users: string[];
  const enabled = () => users.map((user) => at.panel.user(user).enable);

  beforeEach(async () => {
    upper = at.panel.addAgent(undefined, { name: 'upper' });
    lower = ['east', 'west'].map((name) => at.panel.addAgent(upper, { name }));
    users = lower.map((agent) => at.panel.addUser({ agent, usageLimit: 10 * GB }));
    await at.limit('upper', 5);
    await at.limit('east', 50);
    at.panel.use(users[0] ?? '', 5 * GB);
    await at.check();
    expect(enabled()).toEqual([false, false]);
  });

  it('keeps its limit, as they do', async () => {
    const [key, ...below] = [upper, ...lower].map((agent) => at.panel.rotateKey(agent));
    expect(codes(await at.check())).toEqual(['agent_renamed', 'agent_renamed', 'agent_renamed']);
    const { agents } = await at.sluice.agents.list();
    expect(agents.find(({ name }) => name === 'upper')).toMatchObject({
      ...{ uuid: key, limitBytes: 5 * GB, usedBytes: 5 * GB, usersDisabledByUs: 2 },
    });
    expect(agents.find(({ name }) => name === 'east')).toMatchObject({ uuid: below[0], limitBytes: 50 * GB });
    await at.limit('upper', 50);
    await at.check();
    expect(enabled()).toEqual([true, true]);
  });

  it('is not known by one of them alone where the users of the others are not below it', async () => {
    const [, east = ''] = [upper, ...lower].map((agent) => at.panel.rotateKey(agent));
    const [, other = ''] = users;
    at.panel.moveUser(other, at.north);
    expect(codes(await at.check())).not.toContain('agent_renamed');
    expect(enabled()).toEqual([false, false]);
    expect((await at.sluice.agents.show(east)).ancestors.map(({ name }) => name)).toContain('upper');
  });
});

it('an agent that has given a user to an account of its own keeps its limit with another key', async () => {
  const key = await rotate();
  const own = at.panel.addAgent(key, { name: 'unknown' });
  at.panel.moveUser(at.loose, own);
  expect(codes(await at.check())).toContain('agent_renamed');
  expect(await north()).toMatchObject([{ uuid: key, limitBytes: 5 * GB, users: 2 }]);
  expect(at.enabled()).toEqual([false, false]);
  expect(await at.holds()).toEqual(['agent-limit']);
});

it('an agent that has given all its users to an account of its own keeps its limit with another key', async () => {
  const key = await rotate();
  const own = at.panel.addAgent(key, { name: 'unknown' });
  for (const user of [at.svc, at.loose]) at.panel.moveUser(user, own);
  expect(codes(await at.check())).toContain('agent_renamed');
  expect(await north()).toMatchObject([{ uuid: key, limitBytes: 5 * GB, usedBytes: 5 * GB, rule: 'at-or-over-limit' }]);
  const user = at.panel.addUser({ agent: own, usageLimit: GB });
  await at.check();
  expect([...at.enabled(), at.panel.user(user).enable]).toEqual([false, false, false]);
});

it('nothing is given back while the users of a missing agent belong to several new accounts', async () => {
  await rotate();
  const other = at.panel.addAgent(undefined, { name: 'other' });
  at.panel.moveUser(at.loose, other);
  const report = await at.check();
  expect(codes(report)).toEqual(['agent_missing']);
  expect(report.notices[0]?.message).toContain('new there: "north", "other". It is not certain');
  for (let times = 0; times < 3; times++) {
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
    await at.check();
  }
  const missing = (await north()).find(({ rule }) => rule === 'missing');
  expect(missing).toMatchObject({ uuid: at.north, limitBytes: 5 * GB, usersDisabledByUs: 2 });

  // Staff decides.
  await at.limit(at.north, null);
  await at.check();
  await at.check();
  expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
});

it('several missing agents, whose users belong to one new account, all stand above it', async () => {
  const west = at.panel.addAgent(undefined, { name: 'west' });
  const user = at.panel.addUser({ agent: west, usageLimit: 10 * GB });
  await at.limit('west', 50);
  await at.sluice.agents.suspend('north');
  const merged = at.panel.addAgent(undefined, { name: 'merged' });
  for (const uuid of [user, at.svc, at.loose]) at.panel.moveUser(uuid, merged);
  for (const agent of [west, at.north]) at.panel.deleteAgent(agent);
  const report = await at.check();
  expect(codes(report)).toEqual(['agent_missing', 'agent_missing']);
  expect(report.notices.map(({ message }) => message).join()).toMatch(/"north".*"west"|"west".*"north"/);
  expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
  await at.sluice.agents.unsuspend(at.north);
  await at.check();
  expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
});

it.each(
  few(
    [
      ['one', 'two'],
      ['two', 'one'],
    ],
    2,
  ),
)('what several new accounts use counts for those above each of them: %s is listed first', async (...order) => {
  const west = at.panel.addAgent(undefined, { name: 'west' });
  const south = at.panel.addAgent(undefined, { name: 'south' });
  at.panel.moveAgent(at.north, west);
  for (const name of ['north', 'west', 'south']) await at.limit(name, 50);
  await at.check();
  const parents: Record<string, string> = { one: west, two: south };
  const [first = '', second = ''] = order.map((name) => at.panel.addAgent(parents[name], { name }));
  const [one, two] = order[0] === 'one' ? [first, second] : [second, first];
  at.panel.moveUser(at.svc, one);
  at.panel.moveUser(at.loose, two);
  at.panel.deleteAgent(at.north);
  await at.check();
  at.panel.use(at.svc, 2 * GB);
  at.panel.use(at.loose, 3 * GB);
  await at.check();
  const used = async (name: string) => (await at.sluice.agents.show(name)).usedBytes;
  expect([await used('west'), await used('south')]).toEqual([2 * GB, 3 * GB]);
  const above = async (name: string) => (await at.sluice.agents.show(name)).ancestors.map((agent) => agent.name);
  expect([await above(one), await above(two)]).toEqual([
    ['north', 'west', 'Owner'],
    ['north', 'south', 'Owner'],
  ]);
});

it('nothing is given back for an agent with another key below another agent', async () => {
  const key = await rotate();
  at.panel.moveAgent(key, at.panel.addAgent(undefined, { name: 'west' }));
  expect(codes(await at.check())).toEqual(['agent_missing']);
  await at.check();
  expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
  expect((await at.sluice.agents.show(key)).ancestors.map(({ name }) => name)).toContain('north');
});

it('users that were given to a new account, while theirs is still there, are said to have moved', async () => {
  await at.exceed();
  const other = at.panel.addAgent(undefined, { name: 'other' });
  for (const user of [at.svc, at.loose]) at.panel.moveUser(user, other);
  const report = await at.check();
  expect(codes(report).sort()).toEqual(['agent_user_moved', 'release']);
  expect(at.enabled()).toEqual([true, false]);
  expect(await north()).toMatchObject([{ uuid: at.north, limitBytes: 5 * GB }]);
});

it('users of a deleted agent belong to who deleted it', async () => {
  await at.exceed();
  at.panel.deleteAgent(at.north);
  const report = await at.check();
  expect(codes(report).sort()).toEqual(['agent_missing', 'agent_user_moved', 'release']);
  expect(at.enabled()).toEqual([true, false]);
});
