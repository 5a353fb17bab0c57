import { describe, expect, it } from '@jest/globals';
import { AGENT_USER_SORTS } from '@sluice/contract';
import type { AgentDetail, AgentUserList } from '@sluice/engine';
import { sortAgentUsers } from '@sluice/engine/words';
import { startForEachTest } from '../../each-test.js';
import { GB, startHiddifyBench } from '../../hiddify-bench.js';

const at = startForEachTest(startHiddifyBench);

const limitOf = async (): Promise<number | null> =>
  (await at.sluice('agent show north')).json<AgentDetail>().limitBytes;

it.each([
  ['limit north'],
  ['limit north --gb 5 --none'],
  ['limit north --gb five'],
  ['limit north --gb -5'],
  ['limit --gb 5'],
  ['limit north --gb 5 --opening soon'],
  ['limit north --from limits.csv'],
  ['limit --from nowhere.csv'],
  ['create-user north --name x --gb nothing'],
  ['create-user north --name x --gb 0'],
  ['create-user north --name x --gb 1 --mode yearly'],
  ['create-user north --name x --gb 1 --days many'],
  ['create-user north --gb 1'],
])('agent %s is refused before anything is called', async (words) => {
  expect((await at.sluice(`agent ${words}`)).exitCode).toBe(2);
  expect(at.panel.server.calls).toEqual([]);
});

it('agent limit asks before an agent would be over at once', async () => {
  at.panel.addUser({ agent: at.north, currentUsage: 7 * GB });
  const refused = await at.sluice('agent limit north --gb 5');
  expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'not_confirmed' } }]);
  expect(refused.stdout).toContain('immediately be over its limit (7 GB of 5 GB)');
  expect(await limitOf()).toBe(null);
  const asked: string[] = [];
  const ask = (question: string): Promise<string> => {
    asked.push(question);
    return Promise.resolve('y');
  };
  expect((await at.bench.sluice('agent limit north --gb 5', { ask })).exitCode).toBe(0);
  expect([asked.length, await limitOf()]).toEqual([1, 5 * GB]);
});

it.each([
  ['zero', 0],
  ['3', 3],
])('agent limit --opening %s begins the ledger at %d GB', async (opening, used) => {
  at.panel.addUser({ agent: at.north, currentUsage: 7 * GB });
  const set = await at.sluice(`agent limit north --gb 10 --opening ${opening}`);
  expect(set.json<AgentDetail>().usedBytes / GB).toBe(used);
});

describe('agent limit --from', () => {
  it('sets many at once; an empty cell is none', async () => {
    at.panel.addAgent(undefined, { name: 'south' });
    await at.sluice('agent limit south --gb 9');
    at.bench.write('limits.csv', `agent,limit_gb\n${at.north},500\nsouth,\n`);
    const set = await at.sluice('agent limit --from limits.csv');
    expect(set.json<{ agents: AgentDetail[] }>().agents.map(({ name, limitBytes }) => [name, limitBytes])).toEqual([
      ['north', 500 * GB],
      ['south', null],
    ]);
  });

  it('refuses a file with the lines that are wrong', async () => {
    at.bench.write('limits.csv', 'agent,limit_gb\nnorth,500\nnobody,1\nnorth,2\n');
    const { exitCode, json } = await at.sluice('agent limit --from limits.csv');
    const { error } = json<{ error: { code: string; details: { problems: { line: number }[] } } }>();
    expect([exitCode, error.code]).toEqual([2, 'bad_import']);
    expect(error.details.problems.map(({ line }) => line).sort()).toEqual([3, 4]);
  });
});

it('agent can-create-user ends with 0 where the user fits, else with 1', async () => {
  await at.sluice('agent limit north --gb 10');
  const can = await at.sluice('agent can-create-user north --gb 10');
  expect([can.exitCode, can.json()]).toEqual([0, { allowed: true, reason: null, remainingBytes: 10 * GB }]);
  expect((await at.sluice('agent can-create-user north --gb 10.000001')).exitCode).toBe(1);
});

it('agent create-user takes days and mode', async () => {
  const made = await at.sluice('agent create-user north --name anna --gb 2 --days 7 --mode monthly');
  expect(made.json()).toMatchObject({ user: { name: 'anna', limitBytes: 2 * GB }, access: { daysFromFirstUse: 7 } });
  expect(at.panel.listUsers(at.north)).toMatchObject([{ packageDays: 7, mode: 'monthly', usageLimit: 2 * GB }]);
});

it('agent user list --sort has the orders of the API, and those of its other columns', async () => {
  const add = (name: string, used: number, facts: object): void => {
    const user = at.panel.addUser({ agent: at.north, name, usageLimit: 10 * GB, currentUsage: used * GB });
    at.panel.changeUser(user, { packageDays: 30, ...facts });
  };
  add('user-10', 3, { startDate: '2026-11-01', lastOnline: '2026-11-20 10:00:00' });
  add('user-9', 1, { startDate: '2026-11-05', lastOnline: '2026-11-20 11:00:00' });
  add('anna', 2, {});
  const { users } = (await at.sluice('agent user list north')).json<AgentUserList>();
  const names = async (sort: string) =>
    (await at.sluice(`agent user list north --sort ${sort}`)).json<AgentUserList>().users.map(({ name }) => name);
  for (const sort of AGENT_USER_SORTS)
    expect([sort, await names(sort)]).toEqual([sort, sortAgentUsers(users, sort).map(({ name }) => name)]);
  expect(await names('-end')).toEqual(['user-9', 'user-10', 'anna']);
  expect(await names('online:desc')).toEqual(['user-9', 'user-10', 'anna']);
  expect(await names('share')).toEqual(['user-9', 'anna', 'user-10']);
  expect((await at.sluice('agent user list north --sort uptime')).exitCode).toBe(2);
});

it('--gb of users may have its unit', async () => {
  await at.sluice('agent user create north --name anna --gb 1.5TB');
  expect(at.panel.listUsers(at.north)).toMatchObject([{ usageLimit: 1536 * GB }]);
});
