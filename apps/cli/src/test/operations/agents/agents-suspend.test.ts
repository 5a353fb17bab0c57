import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AgentExplained, AgentList, CheckReport, HoldEntry, RestoreReport, RunReport } from '@sluice/engine';
import { GB, HOUR, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
let east: string;
beforeEach(async () => {
  at = await startHiddifyBench();
  east = at.panel.addAgent(at.north, { name: 'north-east' });
});
afterEach(() => at.close());

const user = (agent = at.north): string => at.panel.addUser({ agent, usageLimit: 10 * GB });
const enabled = (...uuids: string[]): boolean[] => uuids.map((uuid) => at.panel.user(uuid).enable);
const findCode = ({ json }: Awaited<ReturnType<HiddifyBench['sluice']>>): string | undefined =>
  json<{ error?: { code: string } | null }>().error?.code;
const limit = (gb: number, agent = 'north') => at.sluice(`agent limit ${agent} --gb ${gb} --yes`);
const states = ({ actions }: Pick<RestoreReport, 'actions'>): string[][] =>
  actions.map(({ type, target, state }) => [type, target, state]);
async function run<T = RestoreReport>(words: string, exitCode = 0): Promise<T> {
  at.bench.clock.advance(MINUTE);
  const outcome = await at.sluice(words);
  if (outcome.exitCode !== exitCode)
    throw new Error(`${words}: ${outcome.exitCode} ${outcome.stdout}${outcome.stderr}`);
  return outcome.json<T>();
}
const sweep = (): Promise<CheckReport> => run<CheckReport>('agent check --all');
const openHolds = async (): Promise<string[]> => {
  const { holds } = await run<{ holds: HoldEntry[] }>('hold list');
  return holds
    .filter(({ until }) => until === null)
    .map(({ service, agent, reason, evidence }) => `${service ?? agent?.name ?? ''} ${reason} ${evidence.length}`)
    .sort();
};
const evidenceRows = () => at.bench.store((store) => store.evidence.open({ agentsOf: 'vpn' }));

describe('agent suspend and unsuspend', () => {
  it('disables all users of an agent without a limit, and gives exactly these back', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const [anna, bela, cora, dora] = [user(), user(east), user(), user(south)];
    at.panel.disable(cora);
    const dry = await run('agent suspend north --dry-run');
    expect([dry.suspended, dry.run.changes, dry.actions.map(({ state }) => state)]).toEqual([
      null,
      true,
      ['planned', 'planned'],
    ]);
    expect([enabled(anna, bela), await openHolds()]).toEqual([[true, true], []]);

    const held = await at.sluice(['agent', 'suspend', 'north', '--note', 'invoice 1042', '--actor', 'alice']);
    const report = held.json<RestoreReport>();
    expect([held.exitCode, states(report).sort()]).toEqual([
      0,
      [anna, bela].map((uuid) => ['disable-user', uuid, 'applied']).sort(),
    ]);
    const suspended = { since: report.run.startedAt, by: 'alice', note: 'invoice 1042' };
    expect(report).toMatchObject({ name: 'north', suspended, usersDisabledByUs: 2, rule: 'no-limit', left: [] });
    expect(report.disabledFor).toEqual([{ uuid: report.uuid, name: 'north', reason: 'suspension', users: 2 }]);
    expect(enabled(anna, bela, cora, dora)).toEqual([false, false, false, true]);
    expect(await openHolds()).toEqual(['north manual 2']);
    const { agents } = await run<AgentList>('agent list');
    expect(agents.map(({ name, suspended: own }) => [name, own])).toEqual(
      expect.arrayContaining([
        ['north', suspended],
        ['north-east', null],
        ['south', null],
      ]),
    );
    const explained = await run<AgentExplained>('agent explain north');
    expect(explained.sentence).toContain(`Suspended since ${suspended.since} by alice (invoice 1042)`);

    const again = await run('agent suspend north --note other');
    expect([again.suspended, again.actions, again.run]).toMatchObject([suspended, [], { changes: false }]);
    at.panel.disable(anna);
    const back = await run('agent unsuspend north');
    expect([back.suspended, states(back).sort(), back.left]).toEqual([
      null,
      [anna, bela].map((uuid) => ['enable-user', uuid, 'applied']).sort(),
      [],
    ]);
    expect(enabled(anna, bela, cora, dora)).toEqual([true, true, false, true]);
    expect([await openHolds(), await evidenceRows()]).toEqual([[], []]);
    const twice = await run('agent unsuspend north');
    expect([twice.actions, twice.run.changes]).toEqual([[], false]);
    const { changes } = (await run<RunReport>('agent check --all')).run;
    expect(changes).toBe(false);
  });

  it('says in one line what changed', async () => {
    user();
    const lines = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout;
    expect(await lines('agent suspend north --dry-run')).toBe(
      'north: would be suspended, 1 user would be disabled, nothing changed\n',
    );
    expect(await lines('agent suspend north --actor alice --note late')).toBe('north: suspended, 1 user disabled\n');
    expect(await lines('agent suspend north')).toMatch(
      /^north: already suspended since .+ by alice \(late\), nothing changed\n$/,
    );
    expect(await lines('agent list')).toMatch(/suspended[^]*north: suspended since .+ by alice \(late\)\n/);
    expect(await lines('agent show north')).toContain('by alice (late)');
    expect(await lines('agent unsuspend north --dry-run')).toBe(
      'north: would no longer be suspended, 1 user would be enabled again, nothing changed\n',
    );
    expect(await lines('agent suspend north --quiet')).toBe('');
    expect(await lines('agent unsuspend north')).toBe('north: no longer suspended, 1 user enabled again\n');
    expect(await lines('agent unsuspend north')).toBe('north: not suspended, nothing changed\n');
  });

  it('is kept by the runs: new and re-enabled users are disabled, and no user can be created', async () => {
    const anna = user();
    await run('agent suspend north');
    const refused = await at.sluice('agent create-user north-east --name new --gb 1');
    expect([refused.exitCode, findCode(refused)]).toEqual([1, 'agent_suspended']);
    const { stderr } = await at.bench.sluice('agent create-user north-east --name new --gb 1');
    expect(stderr).toContain('sluice agent unsuspend north');
    expect(findCode(await at.sluice('agent create-user north --name new --gb 1 --dry-run'))).toBe('agent_suspended');
    const check = await at.sluice('agent can-create-user north --gb 1');
    expect([check.exitCode, check.json()]).toMatchObject([
      1,
      { allowed: false, reason: expect.any(String) as unknown },
    ]);
    await at.addService(1, { product: 'agency', values: ['status=pending'] });
    const provisioned = await at.sluice('provision create svc-1');
    expect([provisioned.exitCode, provisioned.json<RestoreReport & { service: { error: unknown } }>()]).toMatchObject([
      1,
      { service: { error: { code: 'agent_suspended' } } },
    ]);
    const bela = user(east);
    at.panel.enable(anna);
    const checked = await sweep();
    expect([checked.totals.disabled, enabled(anna, bela)]).toEqual([2, [false, false]]);
    expect(checked.notices.map(({ code, message }) => [code, message])).toContainEqual([
      'agent_users_enabled_again',
      expect.stringContaining('suspended'),
    ]);
    const cora = user();
    expect((await run<RunReport>('reconcile')).error).toBeNull();
    expect(enabled(cora)).toEqual([false]);
    await run('agent unsuspend north');
    expect(enabled(anna, bela, cora)).toEqual([true, true, true]);
    expect(await evidenceRows()).toEqual([]);
  });

  it('passes users to the hold of a limit that is still needed, and back', async () => {
    const [anna, bela, cora] = [user(), user(), user(east)];
    await limit(5);
    await run('agent suspend north');
    at.panel.use(anna, 5 * GB);
    await sweep();
    expect(await openHolds()).toEqual(['north agent-limit 0', 'north manual 3']);
    const refused = await at.sluice('agent restore north --force');
    expect([refused.exitCode, findCode(refused)]).toEqual([1, 'agent_suspended']);
    const kept = await run('agent unsuspend north');
    expect([kept.actions, kept.left.map(({ outcome }) => outcome)]).toEqual([[], Array(3).fill('still-over')]);
    expect([enabled(anna, bela, cora), await openHolds()]).toEqual([[false, false, false], ['north agent-limit 3']]);

    await run('agent suspend north');
    expect(await openHolds()).toEqual(['north agent-limit 3', 'north manual 0']);
    await limit(50);
    await sweep();
    expect([enabled(anna, bela, cora), await openHolds()]).toEqual([[false, false, false], ['north manual 3']]);
    expect(states(await run('agent unsuspend north'))).toHaveLength(3);
    expect([enabled(anna, bela, cora), await openHolds()]).toEqual([[true, true, true], []]);
  });

  it('keeps users disabled that went over the limit since the last check, until the check decides', async () => {
    const anna = user();
    await limit(5);
    await run('agent suspend north');
    at.panel.use(anna, 5 * GB);
    const kept = await run('agent unsuspend north');
    expect([kept.actions, kept.left]).toMatchObject([[], [{ uuid: anna, outcome: 'still-over' }]]);
    await sweep();
    expect([enabled(anna), await openHolds()]).toEqual([[false], ['north agent-limit 1']]);
    await limit(50);
    await sweep();
    expect([enabled(anna), await openHolds()]).toEqual([[true], []]);
  });

  it('of an agent and of a sub-agent end apart', async () => {
    const [anna, bela] = [user(), user(east)];
    await run('agent suspend north-east');
    await run('agent suspend north');
    expect([enabled(anna, bela), await openHolds()]).toEqual([
      [false, false],
      ['north manual 1', 'north-east manual 1'],
    ]);
    expect((await run('agent unsuspend north-east')).left).toMatchObject([{ uuid: bela, outcome: 'suspended' }]);
    expect([enabled(bela), await openHolds()]).toEqual([[false], ['north manual 2']]);
    expect(findCode(await at.sluice('agent restore north-east --force'))).toBe('agent_suspended');
    await run('agent suspend north-east');
    await run('agent unsuspend north');
    expect([enabled(anna, bela), await openHolds()]).toEqual([[true, false], ['north-east manual 1']]);
    await run('agent unsuspend north-east');
    expect([enabled(bela), await openHolds()]).toEqual([[true], []]);
  });

  it('leaves users that were touched, moved, enabled or deleted meanwhile, and says so', async () => {
    const [anna, bela, cora, dora, emma] = [user(), user(), user(), user(), user()];
    const south = at.panel.addAgent(undefined, { name: 'south' });
    await run('agent suspend north');
    at.panel.changeUser(anna, { comment: 'did not pay' });
    at.panel.moveUser(bela, south);
    at.panel.enable(cora);
    at.panel.deleteUser(dora);
    const back = await run('agent unsuspend north');
    expect(Object.fromEntries(back.left.map(({ uuid, outcome }) => [uuid, outcome]))).toEqual({
      [anna]: 'touched',
      [bela]: 'moved',
      [cora]: 'enabled-by-others',
      [dora]: 'gone',
    });
    expect([states(back), enabled(anna, bela, cora, emma)]).toEqual([
      [['enable-user', emma, 'applied']],
      [false, false, true, true],
    ]);
    expect(await evidenceRows()).toEqual([]);
  });

  it('ends for an agent that was deleted in the panel; one that is gone is not suspended', async () => {
    const anna = user(east);
    await run('agent suspend north-east');
    at.panel.deleteAgent(east);
    await sweep();
    const back = await run('agent unsuspend north-east');
    expect([back.suspended, back.actions]).toEqual([null, []]);
    expect([enabled(anna), await openHolds(), await evidenceRows()]).toEqual([[false], [], []]);
    at.bench.clock.advance(5 * MINUTE);
    expect(findCode(await at.sluice(`agent suspend ${east}`))).toBe('unknown_agent');
  });

  it('works under observe, and the runs then change nothing', async () => {
    const anna = user();
    await limit(5);
    at.panel.use(anna, 5 * GB);
    await at.sluice('observe vpn');
    await run('agent suspend north');
    expect(enabled(anna)).toEqual([false]);
    const bela = user();
    await sweep();
    expect(enabled(anna, bela)).toEqual([false, true]);
    const back = await run('agent unsuspend north');
    expect([back.left, enabled(anna, bela)]).toEqual([[], [true, true]]);
    expect(await openHolds()).toEqual([]);
  });

  it('is ended by no other command, except the one that gives everything back', async () => {
    const anna = user();
    await run('agent suspend north');
    const refused = await at.sluice('hold release north');
    expect([refused.exitCode, findCode(refused)]).toEqual([1, 'hold_of_agent']);
    expect((await at.bench.sluice('hold release north')).stderr).toContain('sluice agent unsuspend north');
    await run('hold release --all --reason agent-limit --yes');
    expect([enabled(anna), await openHolds()]).toEqual([[false], ['north manual 1']]);
    const manual = await run<RunReport>('hold release --all --reason manual --yes');
    expect([manual.run.observing, enabled(anna), await openHolds()]).toEqual([['vpn'], [true], []]);
    await run('agent suspend north');
    await run('hold release --all --yes');
    expect([enabled(anna), await openHolds(), await evidenceRows()]).toEqual([[true], [], []]);
  });

  it('of an agent without users is a change too, and covers the users that come', async () => {
    expect((await run('agent suspend north --dry-run --detailed-exitcode', 4)).suspended).toBeNull();
    expect((await run('agent suspend north')).run.changes).toBe(true);
    const anna = user();
    const fails = at.panel.server.inject({ endpoint: /^PATCH /, fault: { kind: 'status', status: 500, body: {} } });
    await run('agent suspend north', 3);
    fails();
    at.bench.clock.advance(5 * MINUTE);
    await run('agent suspend north');
    expect(enabled(anna)).toEqual([false]);
    await run('agent unsuspend north');
    expect([enabled(anna), (await run('agent unsuspend north')).run.changes]).toEqual([[true], false]);
  });

  it('waits for the lease of the panel', async () => {
    user();
    await at.sluice('agent list');
    await at.bench.store(async (store) => {
      const owner = { host: 'test', pid: 1, processStart: '1' };
      const now = new Date(at.bench.clock.now()).toISOString();
      await store.leases.acquire({ name: 'panel:vpn', owner, run: 'r', now, ttlMs: HOUR, isAlive: () => true });
    });
    const busy = await at.sluice('agent suspend north --wait-lock 0s');
    expect([busy.exitCode, findCode(busy)]).toEqual([5, 'lease_held']);
    expect(await openHolds()).toEqual([]);
  });
});

describe('the services of a suspended agent', () => {
  let svc: string;
  let loose: string;
  beforeEach(async () => {
    svc = await at.create(1, { product: 'agency' });
    loose = user();
  });
  const reasons = async (): Promise<string[]> =>
    (await run<{ holds: { reason: string }[] }>('service show svc-1')).holds.map(({ reason }) => reason);

  it('are held, and no run or command about them gives them back', async () => {
    const held = await run('agent suspend north');
    expect([states(held).length, held.notices]).toMatchObject([
      2,
      [{ code: 'hold', service: 'svc-1', message: expect.stringContaining('agent "north" is suspended') as unknown }],
    ]);
    expect([enabled(svc, loose), await reasons()]).toEqual([[false, false], ['agent-limit']]);
    const explained = await at.bench.sluice('explain svc-1');
    expect(explained.stdout).toContain('agent "north" is suspended');
    expect(explained.stdout).toContain('sluice agent unsuspend');
    const changes = at.changes().length;
    await run('provision suspend svc-1');
    await run('provision unsuspend svc-1');
    await run('hold add svc-1');
    await run('hold release svc-1');
    for (const words of ['poll', 'reconcile', 'agent check --all']) await run(words);
    expect([at.changes().length, enabled(svc, loose), await reasons()]).toEqual([
      changes,
      [false, false],
      ['agent-limit'],
    ]);
    expect((await run<RunReport>('plan')).totals.actions).toBe(0);
    await run('agent unsuspend north');
    expect([enabled(svc, loose), await reasons()]).toEqual([[true, true], []]);
  });

  it('stay held for their own reasons, and for the limit of the agent', async () => {
    await limit(5);
    await run('provision suspend svc-1');
    await run('agent suspend north');
    await run('agent unsuspend north');
    expect([enabled(svc, loose), await reasons()]).toEqual([[false, true], ['billing']]);
    await run('agent suspend north');
    await run('provision unsuspend svc-1');
    at.panel.use(loose, 5 * GB);
    await sweep();
    expect(await reasons()).toEqual(['agent-limit']);
    await run('agent unsuspend north');
    const held = await run<{ holds: HoldEntry[] }>('hold list svc-1');
    expect(held.holds.filter(({ until }) => until === null)).toMatchObject([
      { reason: 'agent-limit', note: 'agent "north"', evidence: [{ target: svc }] },
    ]);
    expect(enabled(svc, loose)).toEqual([false, false]);
    await run('agent suspend north');
    await limit(50);
    await sweep();
    const moved = (await run<{ holds: HoldEntry[] }>('hold list svc-1')).holds.filter(({ until }) => until === null);
    expect(moved).toMatchObject([{ note: 'agent "north" is suspended', evidence: [{ target: svc }] }]);
    await run('agent unsuspend north');
    expect([enabled(svc, loose), await reasons(), await openHolds()]).toEqual([[true, true], [], []]);
  });

  it('are given back with all else by hold release --all --reason manual', async () => {
    await run('agent suspend north');
    await run('hold release --all --reason manual --yes');
    expect([enabled(svc, loose), await openHolds()]).toEqual([[true, true], []]);
  });
});
