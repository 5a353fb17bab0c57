import { beforeEach, describe, expect, it } from '@jest/globals';
import { openForEachTest } from '../bench/each-test.js';
import { DAY, GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = openForEachTest(startHiddifyBench);

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
    await at.limit('north', 5);
    await at.limit('south', 5);
    at.panel.use(back, 6 * GB);
    await at.check();
    await at.limit('south', 50);
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
    expect([checked.run.outcome, checked.error?.code]).toEqual(['failed', code]);
    expect(checked.agents.map(({ actions }) => actions)).toEqual([[], []]);
    expect([enabled(), at.changes()]).toEqual([[true, false], []]);
    at.panel.server.clearFaults();
    expect((await at.check()).run.outcome).toBe('done');
    expect(enabled()).toEqual([false, true]);
  });

  it('is believed with allowMass when it has shrunk', async () => {
    for (const { uuid } of [...at.panel.listUsers(at.panel.key)]) at.panel.deleteUser(uuid);
    expect((await at.check()).error?.code).toBe('list_halved');
    expect((await at.check({ allowMass: true })).run.outcome).toBe('done');
    expect(enabled()).toEqual([false, true]);
    expect((await at.check()).run.outcome).toBe('done');
  });

  it('is concluded from by no clock that differs from the panel’s', async () => {
    const before = await at.bench.store.agents.list('vpn');
    const wrong = await at.bench.restart({
      clock: { now: () => at.bench.clock.now() + 40 * DAY, sleep: () => Promise.resolve() },
    });
    const checked = await wrong.agents.check();
    expect([checked.run.outcome, checked.error?.code]).toEqual(['failed', 'clock_wrong']);
    expect([enabled(), at.changes()]).toEqual([[true, false], []]);
    expect(await at.bench.store.agents.list('vpn')).toEqual(before);
  });

  it('changes nobody whom it no longer shows', async () => {
    at.panel.moveAgent(at.north, null);
    const checked = await at.check();
    expect(checked.run.outcome).toBe('done');
    expect(checked.notices.map(({ code }) => code)).toContain('agent_orphans');
  });

  it('of one panel hides none of another', async () => {
    const second = await startHiddifyBench();
    try {
      await at.bench.edit(
        /^products:/m,
        `  other: { kind: hiddify, url: "${second.panel.url}", allowHttp: true, apiKey: "${second.panel.key}", retries: 0 }\nproducts:`,
      );
      at.panel.server.inject({ endpoint: LIST, fault: { kind: 'html' } });
      const checked = await at.check();
      const report = checked;
      expect([checked.run.outcome, report.error]).toEqual(['partial', null]);
      expect(report.panels).toMatchObject([{ panel: 'vpn', error: { code: 'PANEL_UNREADABLE' } }]);
      const named = report.agents.map(({ panel, name }) => `${panel} ${name}`);
      expect(named.sort()).toEqual(['other north', 'vpn north', 'vpn south']);
      await expect(at.sluice.agents.show('north')).rejects.toMatchObject({ code: 'several_panels' });
    } finally {
      await second.close();
    }
  });
});

describe('failing writes', () => {
  it('stop none of the others, and are tried again by the next sweep', async () => {
    const users = Array.from({ length: 5 }, () => at.panel.addUser({ agent: at.north }));
    await at.limit('north', 1);
    at.panel.use(users[0] ?? '', 2 * GB);
    at.panel.server.inject({
      endpoint: /^PATCH/,
      skip: 1,
      times: 2,
      fault: { kind: 'status', status: 422, body: '{"message":"Validation error"}' },
    });
    const checked = await at.check();
    expect(checked.run.outcome).toBe('partial');
    const [north] = checked.agents;
    expect(checked.totals).toMatchObject({ disabled: 3, failed: 2 });
    expect(north?.error?.code).toBe('PANEL_REJECTED');
    at.panel.server.clearFaults();
    expect((await at.check()).totals).toMatchObject({ disabled: 2, failed: 0 });
    expect(users.filter((uuid) => at.panel.user(uuid).enable)).toEqual([]);
  });

  it('whose answer is lost are settled by looking, in the journal too', async () => {
    const user = at.panel.addUser({ agent: at.north });
    await at.limit('north', 1);
    at.panel.use(user, 2 * GB);
    at.panel.server.inject({ endpoint: /^PATCH/, when: 'after', times: 1, fault: { kind: 'cut' } });
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/{uuid}/', skip: 1, times: 1, fault: { kind: 'cut' } });
    const checked = await at.check();
    expect([checked.run.outcome, at.panel.user(user).enable]).toEqual(['partial', false]);
    expect(checked.agents[0]?.actions).toEqual([
      { type: 'disable-user', target: user, name: expect.any(String) as unknown, state: 'in-doubt' },
    ]);
    await at.check();
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
    await at.limit('north', 50);
    await at.check();
    expect(at.panel.user(user).enable).toBe(true);
    expect(at.changes()).toEqual(['PATCH {"enable":false}', 'PATCH {"enable":true}']);
  });
});
