import { describe, expect, it } from '@jest/globals';
import type { CheckReport } from '@sluice/contract/documents';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench({ more: 'poll: { doubt: { jump: off } }' }));

const check = (): Promise<CheckReport> => at.check({ allowMass: true });
const areEnabled = (users: readonly string[]): boolean[] => users.map((uuid) => at.panel.user(uuid).enable);
const disabledUsers = async (): Promise<string[]> =>
  (await at.bench.store.evidence.open({ agentsOf: 'vpn' })).map(({ target }) => target);

type How = 'limit' | 'suspension';

/** Has Sluice disable four users of the agent north, for its limit or a suspension. */
async function disable(how: How, gb = 1): Promise<string[]> {
  const users = [0, 1, 2, 3].map(() => at.panel.addUser({ agent: at.north, usageLimit: 400 * GB }));
  if (how === 'limit') {
    await at.limit('north', gb);
    at.panel.use(users[0] ?? '', gb * GB);
    await check();
  } else {
    await at.sluice.agents.suspend('north');
  }
  expect(areEnabled(users)).toEqual([false, false, false, false]);
  return users;
}

/** Ends what the users are disabled for; returns the users that were to be changed, and what is said of the others. */
async function end(how: How): Promise<{ changed: string[]; text: string }> {
  if (how === 'limit') await at.limit('north', 1000);
  const report = how === 'limit' ? await check() : await at.sluice.agents.unsuspend('north');
  const actions = 'agents' in report ? report.agents.flatMap((agent) => agent.actions) : report.actions;
  return { changed: actions.map(({ target }) => target), text: JSON.stringify([report.notices, report]) };
}

/** The next list shows all users as enabled. */
function showOldList(): void {
  const change = (json: unknown): object[] => (json as object[]).map((row) => ({ ...row, enable: true }));
  at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/', times: 1, fault: { kind: 'mutate', change } });
}

const boom = { kind: 'status', status: 500, body: { msg: 'boom' } } as const;

/** Matches the readings of a user by itself. */
const isReadingOf =
  (user: string) =>
  ({ method, path }: { method: string; path: string }): boolean =>
    method === 'GET' && path.includes(`/user/${user}`);

describe.each(['limit', 'suspension'] as const)('a user that staff has enabled before the end of a %s', (how) => {
  const BY_OTHERS = how === 'limit' ? 'was enabled by another tool' : 'enabled-by-others';

  it('is not enabled once staff has disabled it, also where no change was possible meanwhile', async () => {
    const users = await disable(how);
    const [, anna = ''] = users;
    at.panel.enable(anna);
    const mend = at.panel.server.inject({ endpoint: 'PATCH /api/v2/admin/user/{uuid}/', fault: boom });
    const { changed, text } = await end(how);
    expect([changed.length, changed.includes(anna), text.includes(BY_OTHERS)]).toEqual([3, false, true]);
    mend();
    at.panel.changeUser(anna, { enable: false });
    await check();
    expect(areEnabled(users)).toEqual([true, false, true, true]);
    expect(await disabledUsers()).toEqual([]);
  });

  it('stays as it is while it cannot be read again, which its step says', async () => {
    const users = await disable(how);
    const [, anna = ''] = users;
    at.panel.enable(anna);
    const mend = at.panel.server.inject({ match: isReadingOf(anna), fault: boom });
    const { changed, text } = await end(how);
    expect([changed.length, changed.includes(anna), text.includes(BY_OTHERS)]).toEqual([4, true, false]);
    expect(text).toContain('PANEL_SERVER_ERROR');
    expect(await disabledUsers()).toEqual([anna]);
    mend();
    expect(JSON.stringify((await check()).notices)).toContain('was enabled by another tool');
    at.panel.changeUser(anna, { enable: false });
    await check();
    expect(areEnabled(users)).toEqual([true, false, true, true]);
  });
});

it('what a user has used counts for its agent while the user cannot be read again', async () => {
  const users = await disable('limit');
  const [, anna = ''] = users;
  at.panel.enable(anna);
  await at.limit('north', 100);
  const mend = at.panel.server.inject({ match: isReadingOf(anna), fault: boom });
  await check();
  at.panel.use(anna, 120 * GB);
  const { agents, totals } = await check();
  expect([agents[0]?.usedBytes, totals.failed]).toEqual([121 * GB, 1]);
  expect(areEnabled(users)).toEqual([false, true, false, false]);
  mend();
  await check();
  expect(areEnabled(users)).toEqual([false, false, false, false]);
});

describe('an old list that shows all users as enabled', () => {
  it('frees nobody whom the limit of the agent keeps disabled after a suspension', async () => {
    const users = await disable('limit');
    await at.sluice.agents.suspend('north');
    showOldList();
    const { actions, left } = await at.sluice.agents.unsuspend('north');
    expect([actions, left.map(({ outcome }) => outcome)]).toEqual([[], []]);
    await check();
    expect([areEnabled(users), (await disabledUsers()).length]).toEqual([[false, false, false, false], 4]);
  });

  it('frees nobody of an agent that is kept since it is close to its limit', async () => {
    const users = await disable('limit', 100);
    await at.limit('north', 102);
    showOldList();
    expect((await check()).notices).toEqual([]);
    expect([areEnabled(users), (await disabledUsers()).length]).toEqual([[false, false, false, false], 4]);
  });

  it('has a user count as gone that the panel does not have any more', async () => {
    const users = await disable('suspension');
    const [anna = '', ...others] = users;
    showOldList();
    const body = '{"message":"User not found"}';
    const headers = { 'content-type': 'application/json' };
    at.panel.server.inject({ match: isReadingOf(anna), times: 1, fault: { kind: 'body', status: 404, body, headers } });
    const { left } = await at.sluice.agents.unsuspend('north');
    expect(left.map(({ uuid, outcome }) => [uuid, outcome])).toEqual([[anna, 'gone']]);
    expect(areEnabled(others)).toEqual([true, true, true]);
  });
});
