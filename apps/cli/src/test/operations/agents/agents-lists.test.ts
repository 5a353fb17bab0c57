import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DAY, GB, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { CheckReport } from '@sluice/engine';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

const LIST = 'GET /api/v2/admin/user/';
const ADMINS = 'GET /api/v2/admin/admin_user/';
const EMPTY = { kind: 'body', status: 404, body: '{"message":"You have no user","detail":{}}' } as const;

describe('a list that is not to be trusted', () => {
  let over: string;
  let back: string;
  let south: string;

  /** North is over and not disabled yet; south was disabled and would be given back. */
  beforeEach(async () => {
    south = at.panel.addAgent(undefined, { name: 'south' });
    over = at.panel.addUser({ agent: at.north });
    back = at.panel.addUser({ agent: south });
    for (let n = 0; n < 8; n += 1) at.panel.addUser();
    await at.sluice('agent limit north --gb 5');
    await at.sluice('agent limit south --gb 5');
    at.panel.use(back, 6 * GB);
    await at.check();
    await at.sluice('agent limit south --gb 50');
    at.panel.use(over, 6 * GB);
    at.panel.server.clearCalls();
  });

  const enabled = (): boolean[] => [over, back].map((uuid) => at.panel.user(uuid).enable);
  const half = (json: unknown): unknown => (json as unknown[]).slice(0, 4);
  const spoil = (json: unknown): unknown =>
    (json as object[]).map((row, n) => (n === 7 ? { ...row, usage_limit_GB: {} } : row));
  const lost = (json: unknown): unknown =>
    (json as object[]).map((row, n) => (n === 7 ? { ...row, added_by_uuid: 'x' } : row));

  it.each([
    ['fails', LIST, { kind: 'status', status: 500 }, 'PANEL_SERVER_ERROR'],
    ['is cut off', LIST, { kind: 'truncated' }, 'PANEL_UNREACHABLE'],
    ['is an HTML page', LIST, { kind: 'html' }, 'PANEL_UNREADABLE'],
    ['is empty', LIST, EMPTY, 'list_empty'],
    ['is an empty array', LIST, { kind: 'body', body: '[]' }, 'list_empty'],
    [
      'is a 404 of something else',
      LIST,
      { kind: 'status', status: 404, body: '{"message":"Not Found"}' },
      'PANEL_NOT_FOUND',
    ],
    ['is halved', LIST, { kind: 'mutate', change: half }, 'list_halved'],
    ['has a row with an unreadable limit', LIST, { kind: 'mutate', change: spoil }, 'list_unreadable'],
    ['has a row with an unreadable owner', LIST, { kind: 'mutate', change: lost }, 'list_unreadable'],
    ['of accounts fails', ADMINS, { kind: 'status', status: 502 }, 'PANEL_SERVER_ERROR'],
    ['of accounts is empty', ADMINS, { kind: 'body', body: '[]' }, 'list_unreadable'],
  ] as const)('disables and restores nobody when it %s', async (_what, endpoint, fault, code) => {
    at.panel.server.inject({ endpoint, fault });
    const checked = await at.check();
    expect([checked.exitCode, checked.json<CheckReport>().error?.code]).toEqual([1, code]);
    expect(checked.json<CheckReport>().agents.map(({ actions }) => actions)).toEqual([[], []]);
    expect([enabled(), at.changes()]).toEqual([[true, false], []]);
    at.panel.server.clearFaults();
    expect((await at.check()).exitCode).toBe(0);
    expect(enabled()).toEqual([false, true]);
  });

  it('is believed with --allow-mass when it has shrunk', async () => {
    for (const { uuid } of [...at.panel.listUsers(at.panel.key)]) at.panel.deleteUser(uuid);
    expect((await at.check()).json<CheckReport>().error?.code).toBe('list_halved');
    expect((await at.check('--allow-mass')).exitCode).toBe(0);
    expect(enabled()).toEqual([false, true]);
    expect((await at.check()).exitCode).toBe(0);
  });

  it('is concluded from by no clock that differs from the panel’s', async () => {
    const before = await at.bench.store((store) => store.agents.list('vpn'));
    const checked = await at.bench.sluice('agent check --all --json', {
      clock: { now: () => at.bench.clock.now() + 40 * DAY, sleep: () => Promise.resolve() },
    });
    expect([checked.exitCode, checked.json<CheckReport>().error?.code]).toEqual([1, 'clock_wrong']);
    expect([enabled(), at.changes()]).toEqual([[true, false], []]);
    expect(await at.bench.store((store) => store.agents.list('vpn'))).toEqual(before);
  });

  it('changes nobody whom it no longer shows', async () => {
    at.panel.moveAgent(at.north, null);
    const checked = await at.check();
    expect(checked.exitCode).toBe(0);
    expect(checked.json<CheckReport>().notices.map(({ code }) => code)).toContain('agent_orphans');
  });

  it('of one panel hides none of another', async () => {
    const second = await startHiddifyBench();
    try {
      at.bench.write(
        'sluice.yaml',
        at.bench
          .read('sluice.yaml')
          .replace(
            'products:',
            `  other: { kind: hiddify, url: "${second.panel.url}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}", retries: 0 }\nproducts:`,
          ),
      );
      at.panel.server.inject({ endpoint: LIST, fault: { kind: 'html' } });
      const checked = await at.check();
      const report = checked.json<CheckReport>();
      expect([checked.exitCode, report.error]).toEqual([3, null]);
      expect(report.panels).toMatchObject([{ panel: 'vpn', error: { code: 'PANEL_UNREADABLE' } }]);
      const named = report.agents.map(({ panel, name }) => `${panel} ${name}`);
      expect(named.sort()).toEqual(['other north', 'vpn north', 'vpn south']);
      expect((await at.sluice('agent show north')).json<{ error: { code: string } }>().error.code).toBe(
        'several_panels',
      );
    } finally {
      await second.close();
    }
  });
});

describe('the brake', () => {
  const agents: { agent: string; user: string }[] = [];
  beforeEach(() => {
    agents.length = 0;
  });

  const limitAll = async (gb: number): Promise<void> => {
    const rows = agents.map(({ agent }) => `${agent},${gb}`);
    at.bench.write('limits.csv', ['agent,limit_gb', ...rows].join('\n'));
    const set = await at.sluice('agent limit --from limits.csv --yes');
    expect(set.exitCode).toBe(0);
  };
  const addAgents = async (count: number, gb = 5): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const agent = at.panel.addAgent(undefined, { name: `agent-${n}` });
      agents.push({ agent, user: at.panel.addUser({ agent }) });
    }
    await limitAll(gb);
  };
  const disabled = (): number => agents.filter(({ user }) => !at.panel.user(user).enable).length;

  it.each([
    [50, 10, 0],
    [50, 11, 6],
    [20, 4, 0],
    [20, 5, 6],
    [9, 4, 0],
    [9, 5, 6],
    [1, 1, 0],
  ])('of %d agents with a limit, %d going over ends with %d', async (count, going, exitCode) => {
    await addAgents(count);
    for (const { user } of agents.slice(0, going)) at.panel.use(user, 6 * GB);
    const checked = await at.check();
    expect(checked.exitCode).toBe(exitCode);
    expect(disabled()).toBe(exitCode === 0 ? going : 0);
    if (exitCode === 0) return;
    expect(checked.json<CheckReport>()).toMatchObject({
      error: { code: 'mass_change', details: { changing: going, active: count } },
    });
    expect(checked.json<CheckReport>().agents.flatMap(({ actions }) => actions.map(({ state }) => state))).toEqual(
      Array.from({ length: going }, () => 'planned'),
    );
    expect((await at.check('--dry-run')).exitCode).toBe(0);
    expect((await at.check('--allow-mass')).exitCode).toBe(0);
    expect(disabled()).toBe(going);
  });

  it('counts agents that come back, and none that only stay over', async () => {
    await addAgents(20);
    for (const { user } of agents.slice(0, 10)) at.panel.use(user, 6 * GB);
    await at.check('--allow-mass');
    for (const { user } of agents.slice(0, 10)) at.panel.enable(user);
    expect((await at.check()).exitCode).toBe(0);
    expect(disabled()).toBe(10);
    await limitAll(100);
    expect((await at.check()).exitCode).toBe(6);
    expect(disabled()).toBe(10);
    expect((await at.check('--allow-mass')).exitCode).toBe(0);
    expect(disabled()).toBe(0);
  });

  it('over agents is shown beside the one over services', async () => {
    const users = [1, 2, 3].map((number) => at.create(number, { product: 'agency' }));
    for (const uuid of await Promise.all(users)) at.panel.use(uuid, 12 * GB);
    await addAgents(20);
    for (const { user } of agents) at.panel.use(user, 6 * GB);
    at.bench.clock.advance(3_600_000);
    expect([(await at.poll()).exitCode, (await at.check()).exitCode]).toEqual([6, 6]);
    for (const words of ['doctor', 'panel list']) {
      const { stdout } = await at.bench.sluice(words);
      expect(stdout).toMatch(/would have changed 3 of 3 services at once/);
      expect(stdout).toMatch(/would have changed 20 of 20 agents at once/);
    }
    const shown = (await at.bench.sluice('agent show agent-0')).stdout;
    expect(shown).toContain('its limit is used up');
    expect(shown).not.toContain('rule:');
  });

  it('stops a reconcile before the agents as well', async () => {
    await addAgents(20);
    for (const { user } of agents) at.panel.use(user, 6 * GB);
    at.bench.clock.advance(600_000);
    expect((await at.sluice('reconcile')).exitCode).toBe(6);
    expect(disabled()).toBe(0);
    expect((await at.sluice('reconcile --allow-mass')).exitCode).toBe(0);
    expect(disabled()).toBe(20);
  });
});

describe('failing writes', () => {
  it('stop none of the others, and are tried again by the next sweep', async () => {
    const users = Array.from({ length: 5 }, () => at.panel.addUser({ agent: at.north }));
    await at.sluice('agent limit north --gb 1');
    at.panel.use(users[0] ?? '', 2 * GB);
    at.panel.server.inject({
      endpoint: /^PATCH/,
      skip: 1,
      times: 2,
      fault: { kind: 'status', status: 422, body: '{"message":"Validation error"}' },
    });
    const checked = await at.check();
    expect(checked.exitCode).toBe(3);
    const [north] = checked.json<CheckReport>().agents;
    expect(checked.json<CheckReport>().totals).toMatchObject({ disabled: 3, failed: 2 });
    expect(north?.error?.code).toBe('PANEL_REJECTED');
    at.panel.server.clearFaults();
    expect((await at.check()).json<CheckReport>().totals).toMatchObject({ disabled: 2, failed: 0 });
    expect(users.filter((uuid) => at.panel.user(uuid).enable)).toEqual([]);
  });

  it('whose answer is lost are settled by looking, in the journal too', async () => {
    const user = at.panel.addUser({ agent: at.north });
    await at.sluice('agent limit north --gb 1');
    at.panel.use(user, 2 * GB);
    at.panel.server.inject({ endpoint: /^PATCH/, when: 'after', times: 1, fault: { kind: 'cut' } });
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/{uuid}/', skip: 1, times: 1, fault: { kind: 'cut' } });
    const checked = await at.check();
    expect([checked.exitCode, at.panel.user(user).enable]).toEqual([3, false]);
    expect(checked.json<CheckReport>().agents[0]?.actions).toEqual([
      { type: 'disable-user', target: user, name: expect.any(String) as unknown, state: 'in-doubt' },
    ]);
    await at.check();
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
    await at.sluice('agent limit north --gb 50');
    await at.check();
    expect(at.panel.user(user).enable).toBe(true);
    expect(at.changes()).toEqual(['PATCH {"enable":false}', 'PATCH {"enable":true}']);
  });
});
