import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf, GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { states, suspensionOn } from './suspension.js';

const at = useBench(startHiddifyBench);
let east: string;
beforeEach(() => {
  east = at.panel.addAgent(at.north, { name: 'north-east' });
});

const user = (agent = at.north): string => at.panel.addUser({ agent, usageLimit: 10 * GB });
const enabled = (...uuids: string[]): boolean[] => uuids.map((uuid) => at.panel.user(uuid).enable);
const limit = (gb: number, agent = 'north') => at.limit(agent, gb);
const { run, suspend, unsuspend, sweep, openHolds } = suspensionOn(at);
const evidenceRows = () => at.bench.store.evidence.open({ agentsOf: 'vpn' });

describe('agent suspend and unsuspend', () => {
  it('disables all users of an agent without a limit, and gives exactly these back', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const [anna, bela, cora, dora] = [user(), user(east), user(), user(south)];
    at.panel.disable(cora);
    const dry = await suspend('north', { dryRun: true });
    expect([dry.suspended, dry.run.changes, dry.actions.map(({ state }) => state)]).toEqual([
      null,
      true,
      ['planned', 'planned'],
    ]);
    expect([enabled(anna, bela), await openHolds()]).toEqual([[true, true], []]);

    const report = await suspend('north', { note: 'invoice 1042', actor: 'alice' });
    expect(states(report).sort()).toEqual([anna, bela].map((uuid) => ['disable-user', uuid, 'applied']).sort());
    const suspended = { since: report.run.startedAt, by: 'alice', note: 'invoice 1042' };
    expect(report).toMatchObject({ name: 'north', suspended, usersDisabledByUs: 2, rule: 'no-limit', left: [] });
    const own = { uuid: report.uuid, name: 'north', reason: 'suspension', users: 2 };
    expect(report.disabledFor).toEqual([{ ...own, above: false }]);
    expect(enabled(anna, bela, cora, dora)).toEqual([false, false, false, true]);
    expect(await openHolds()).toEqual(['north manual 2']);
    const { agents } = await run(() => at.sluice.agents.list());
    expect(agents.map(({ name, suspended: own }) => [name, own])).toEqual(
      expect.arrayContaining([
        ['north', suspended],
        ['north-east', null],
        ['south', null],
      ]),
    );
    const explained = await run(() => at.sluice.agents.explain('north'));
    expect(explained.sentence).toContain(`Suspended since ${suspended.since} by alice (invoice 1042)`);

    const again = await suspend('north', { note: 'other' });
    expect([again.suspended, again.actions, again.run]).toMatchObject([suspended, [], { changes: false }]);
    at.panel.disable(anna);
    const back = await unsuspend('north');
    expect([back.suspended, states(back).sort(), back.left]).toEqual([
      null,
      [anna, bela].map((uuid) => ['enable-user', uuid, 'applied']).sort(),
      [],
    ]);
    expect(enabled(anna, bela, cora, dora)).toEqual([true, true, false, true]);
    expect([await openHolds(), await evidenceRows()]).toEqual([[], []]);
    const twice = await unsuspend('north');
    expect([twice.actions, twice.run.changes]).toEqual([[], false]);
    const { changes } = (await run(() => at.sluice.agents.check())).run;
    expect(changes).toBe(false);
  });

  it('is kept by the runs: new and re-enabled users are disabled, and no user can be created', async () => {
    const anna = user();
    await suspend('north');
    await expect(at.createUser('north-east', 'new', 1)).rejects.toMatchObject({ code: 'agent_suspended' });
    expect(await codeOf(at.createUser('north', 'new', 1, { dryRun: true }))).toBe('agent_suspended');
    const check = await at.sluice.agents.canCreateUser('north', GB);
    expect(check).toMatchObject({ allowed: false, reason: expect.any(String) as unknown });
    await at.addService(1, { product: 'agency', values: { status: 'pending' } });
    const provisioned = await at.sluice.provision.create('svc-1');
    const error = { code: 'agent_suspended' };
    expect(provisioned).toMatchObject({ run: { outcome: 'failed' }, service: { error } });
    const bela = user(east);
    at.panel.enable(anna);
    const checked = await sweep();
    expect([checked.totals.disabled, enabled(anna, bela)]).toEqual([2, [false, false]]);
    expect(checked.notices.map(({ code, message }) => [code, message])).toContainEqual([
      'agent_users_enabled_again',
      expect.stringContaining('suspended'),
    ]);
    const cora = user();
    expect((await run(() => at.sluice.reconcile())).error).toBeNull();
    expect(enabled(cora)).toEqual([false]);
    await unsuspend('north');
    expect(enabled(anna, bela, cora)).toEqual([true, true, true]);
    expect(await evidenceRows()).toEqual([]);
  });

  it('passes users to the hold of a limit that is still needed, and back', async () => {
    const [anna, bela, cora] = [user(), user(), user(east)];
    await limit(5);
    await suspend('north');
    at.panel.use(anna, 5 * GB);
    await sweep();
    expect(await openHolds()).toEqual(['north agent-limit 0', 'north manual 3']);
    await expect(at.sluice.agents.restore('north', { force: true })).rejects.toMatchObject({ code: 'agent_suspended' });
    const kept = await unsuspend('north');
    expect([kept.actions, kept.left.map(({ outcome }) => outcome)]).toEqual([[], Array(3).fill('still-over')]);
    expect([enabled(anna, bela, cora), await openHolds()]).toEqual([[false, false, false], ['north agent-limit 3']]);

    await suspend('north');
    expect(await openHolds()).toEqual(['north agent-limit 3', 'north manual 0']);
    await limit(50);
    await sweep();
    expect([enabled(anna, bela, cora), await openHolds()]).toEqual([[false, false, false], ['north manual 3']]);
    expect(states(await unsuspend('north'))).toHaveLength(3);
    expect([enabled(anna, bela, cora), await openHolds()]).toEqual([[true, true, true], []]);
  });

  it('keeps users disabled that went over the limit since the last check, until the check decides', async () => {
    const anna = user();
    await limit(5);
    await suspend('north');
    at.panel.use(anna, 5 * GB);
    const kept = await unsuspend('north');
    expect([kept.actions, kept.left]).toMatchObject([[], [{ uuid: anna, outcome: 'still-over' }]]);
    await sweep();
    expect([enabled(anna), await openHolds()]).toEqual([[false], ['north agent-limit 1']]);
    await limit(50);
    await sweep();
    expect([enabled(anna), await openHolds()]).toEqual([[true], []]);
  });

  it('of an agent and of a sub-agent end apart', async () => {
    const [anna, bela] = [user(), user(east)];
    await suspend('north-east');
    await suspend('north');
    expect([enabled(anna, bela), await openHolds()]).toEqual([
      [false, false],
      ['north manual 1', 'north-east manual 1'],
    ]);
    expect((await unsuspend('north-east')).left).toMatchObject([{ uuid: bela, outcome: 'suspended' }]);
    expect([enabled(bela), await openHolds()]).toEqual([[false], ['north manual 2']]);
    expect(await codeOf(at.sluice.agents.restore('north-east', { force: true }))).toBe('agent_suspended');
    await suspend('north-east');
    await unsuspend('north');
    expect([enabled(anna, bela), await openHolds()]).toEqual([[true, false], ['north-east manual 1']]);
    await unsuspend('north-east');
    expect([enabled(bela), await openHolds()]).toEqual([[true], []]);
  });

  it('leaves users that were touched, moved, enabled or deleted meanwhile, and says so', async () => {
    const [anna, bela, cora, dora, emma] = [user(), user(), user(), user(), user()];
    const south = at.panel.addAgent(undefined, { name: 'south' });
    await suspend('north');
    at.panel.changeUser(anna, { comment: 'did not pay' });
    at.panel.moveUser(bela, south);
    at.panel.enable(cora);
    at.panel.deleteUser(dora);
    const back = await unsuspend('north');
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
    await suspend('north-east');
    at.panel.deleteAgent(east);
    await sweep();
    const back = await unsuspend('north-east');
    expect([back.suspended, back.actions]).toEqual([null, []]);
    expect([enabled(anna), await openHolds(), await evidenceRows()]).toEqual([[false], [], []]);
    at.bench.clock.advance(5 * MINUTE);
    expect(await codeOf(at.sluice.agents.suspend(east))).toBe('unknown_agent');
  });

  it('works under observe, and the runs then change nothing', async () => {
    const anna = user();
    await limit(5);
    at.panel.use(anna, 5 * GB);
    await at.sluice.panels.observe('vpn');
    await suspend('north');
    expect(enabled(anna)).toEqual([false]);
    const bela = user();
    await sweep();
    expect(enabled(anna, bela)).toEqual([false, true]);
    const back = await unsuspend('north');
    expect([back.left, enabled(anna, bela)]).toEqual([[], [true, true]]);
    expect(await openHolds()).toEqual([]);
  });

  it('is ended by no other command, except the one that gives everything back', async () => {
    const anna = user();
    await suspend('north');
    await expect(at.sluice.holds.release('north')).rejects.toMatchObject({ code: 'hold_of_agent' });
    await run(() => at.sluice.holds.releaseAll({ reason: 'agent-limit' }));
    expect([enabled(anna), await openHolds()]).toEqual([[false], ['north manual 1']]);
    const manual = await run(() => at.sluice.holds.releaseAll({ reason: 'manual' }));
    expect([manual.run.observing, enabled(anna), await openHolds()]).toEqual([['vpn'], [true], []]);
    await suspend('north');
    await run(() => at.sluice.holds.releaseAll());
    expect([enabled(anna), await openHolds(), await evidenceRows()]).toEqual([[true], [], []]);
  });

  it('of an agent without users is a change too, and covers the users that come', async () => {
    expect(await suspend('north', { dryRun: true })).toMatchObject({ suspended: null, run: { changes: true } });
    expect((await suspend('north')).run.changes).toBe(true);
    const anna = user();
    const fails = at.panel.server.inject({ endpoint: /^PATCH /, fault: { kind: 'status', status: 500, body: {} } });
    expect((await at.sluice.agents.suspend('north')).run.outcome).toBe('partial');
    fails();
    at.bench.clock.advance(5 * MINUTE);
    await suspend('north');
    expect(enabled(anna)).toEqual([false]);
    await unsuspend('north');
    expect([enabled(anna), (await unsuspend('north')).run.changes]).toEqual([[true], false]);
  });

  it('waits for the lease of the panel', async () => {
    user();
    await at.sluice.agents.list();
    await at.bench.takeLease('panel:vpn');
    await expect(at.sluice.agents.suspend('north', { waitMs: 0 })).rejects.toMatchObject({
      kind: 'busy',
      code: 'lease_held',
    });
    expect(await openHolds()).toEqual([]);
  });
});
