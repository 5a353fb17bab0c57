import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeHiddify, startFakeHiddify } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

const remove = () =>
  at.bench.configure(
    at.bench.text
      .replaceAll('vpn:', 'other:')
      .replaceAll('panel: vpn', 'panel: other')
      .replaceAll('//127.0.0.1:', '//localhost:'),
  );

const said = (who: string) =>
  `${who} the panel "vpn", which is not in the config: nothing is read or changed there; 1 is held and stays restricted (agent "north")`;

describe('a panel with a suspended agent that is missing in the config', () => {
  it('is reported by runs, lists and doctor', async () => {
    at.panel.addUser({ agent: at.north });
    await at.pollAfter(HOUR);
    await at.sluice.agents.suspend('north');
    await remove();
    const error = { code: 'panel_removed', message: said('1 agent has') };
    for (const command of ['poll', 'reconcile'] as const)
      expect((await at.sluice[command]()).panels).toEqual([{ panel: 'vpn', error }]);
    const removed = [{ panel: 'vpn', services: [], held: [], agents: ['north'], message: error.message }];
    expect(await at.sluice.panels.list()).toMatchObject({ removed });
    expect(await at.sluice.overview()).toMatchObject({ removed });
    const { holds } = await at.sluice.holds.list({ open: true });
    expect(holds).toMatchObject([{ agent: { name: 'north' }, panel: 'vpn', reason: 'manual' }]);
    const { checks } = await at.sluice.panels.doctor();
    expect(checks).toContainEqual(expect.objectContaining({ object: 'vpn', status: 'failed', ...error }));
  });

  it('is named by commands about agents where it was the only one with agents', async () => {
    await at.limit('north', 20);
    await at.bench.configure('panels: {}\nproducts: {}\n');
    const message =
      'No panel in the config supports agents: 1 agent has the panel "vpn", which is not in the config: nothing is read or changed there; none is held; 1 limit of agents is not enforced ("north")';
    const refused = { code: 'no_panel', message };
    await expect(at.sluice.agents.explain('north')).rejects.toMatchObject(refused);
    await expect(at.sluice.agents.list()).rejects.toMatchObject(refused);
  });

  it('makes a release of all fail', async () => {
    at.panel.addUser({ agent: at.north });
    await at.pollAfter(HOUR);
    await at.sluice.agents.suspend('north');
    await remove();
    const { run, panels } = await at.sluice.holds.releaseAll();
    expect([run.outcome, panels]).toEqual([
      'failed',
      [{ panel: 'vpn', error: { code: 'panel_removed', message: said('1 agent has') } }],
    ]);
    expect((await at.sluice.holds.releaseAll({ reason: 'quota' })).run.outcome).toBe('done');
  });

  it('is reported with its services', async () => {
    at.panel.addUser({ agent: at.north });
    await at.create(1);
    await at.pollAfter(HOUR);
    await at.sluice.agents.suspend('north');
    await remove();
    const { panels } = await at.pollAfter(HOUR);
    expect(panels[0]?.error.message).toBe(said('1 service and 1 agent have'));
  });
});

describe('a panel with held agents that is gone for good', () => {
  const forget = (how: Parameters<typeof at.limit>[2] = {}) => at.limit('north', null, { panel: 'vpn', ...how });

  let another: FakeHiddify;
  beforeEach(async () => {
    another = await startFakeHiddify({ now: at.bench.clock.now });
  });
  afterEach(() => another.close());

  /** Has "north" over its limit and suspended, with two users, and takes its panel out of the config. */
  async function hold(): Promise<string[]> {
    const users = [1, 2].map(() => at.panel.addUser({ agent: at.north, usageLimit: 100 * GB, currentUsage: 0 }));
    await at.limit('north', 10);
    at.bench.clock.advance(HOUR);
    at.panel.use(users[0] ?? '', 11 * GB);
    await at.check({ allowMass: true });
    await at.sluice.agents.suspend('north');
    await remove();
    await at.bench.configure(
      at.bench.text
        .replaceAll(at.panel.url.replace('127.0.0.1', 'localhost'), another.url)
        .replaceAll(at.panel.key, another.key),
    );
    return users;
  }

  it('is left with what was held there, once the limits of its agents are removed', async () => {
    const users = await hold();
    const { open } = at.bench.store.evidence;
    expect(await open({ agentsOf: 'vpn' })).toHaveLength(2);
    const left = { name: 'north', panel: 'vpn', limitBytes: null, rule: 'panel-removed', usersDisabledByUs: 2 };
    const none = { suspended: null, heldSince: null };
    expect(await forget({ dryRun: true, confirm: undefined })).toMatchObject({ ...left, ...none });
    expect((await at.poll()).run.outcome).toBe('failed');
    expect(await forget()).toMatchObject({ ...left, ...none });
    const { run, panels } = await at.poll();
    expect([run.outcome, panels, run.changes]).toEqual(['done', [], false]);
    expect(await at.sluice.panels.list()).toMatchObject({ removed: [] });
    expect((await at.sluice.holds.releaseAll()).run.outcome).toBe('done');
    expect(await open({ agentsOf: 'vpn' })).toEqual([]);
    expect((await at.bench.store.holds.lasting({ agentsOf: 'vpn' })).length).toBe(0);
    expect(users.map((user) => at.panel.user(user).enable)).toEqual([false, false]);
    const runs = await at.bench.store.runs.list({ command: 'agent limit' });
    expect(runs).toContainEqual(expect.objectContaining({ outcome: 'done', totals: { agents: ['north'], left: 2 } }));
    expect(await forget()).toMatchObject({ ...left, usersDisabledByUs: 0 });
  });

  it('keeps all where nobody accepts that its users stay disabled', async () => {
    await hold();
    const message =
      'Panel "vpn" is not in the config: the 2 users that are disabled there for agent "north" stay disabled, and Sluice forgets them. Is the panel gone for good? Nothing was changed: the request does not accept it';
    await expect(forget({ confirm: undefined })).rejects.toMatchObject({ code: 'not_confirmed', message });
    expect((await at.poll()).run.outcome).toBe('failed');
  });

  it('keeps all where an agent is on a panel of the config, which only got another name and address', async () => {
    await hold();
    await at.bench.configure(
      at.bench.text
        .replaceAll(another.url, at.panel.url.replace('127.0.0.1', 'localhost'))
        .replaceAll(another.key, at.panel.key),
    );
    const message =
      'Panel "vpn" is not gone for good: agent "north" is on panel "other". Put panel "vpn" back into the config, beside that one if need be, and release it there';
    await expect(forget()).rejects.toMatchObject({ code: 'unknown_panel', message });
    expect(await at.bench.store.evidence.open({ agentsOf: 'vpn' })).toHaveLength(2);
  });

  it('keeps all where a panel only has another name, also while another run works on it', async () => {
    await hold();
    await at.bench.configure(at.bench.text.replaceAll(another.url, at.panel.url).replaceAll(another.key, at.panel.key));
    const free = await at.bench.takeLease('panel:vpn');
    await expect(forget()).rejects.toMatchObject({ code: 'lease_held' });
    await free();
    await expect(forget()).rejects.toMatchObject({ code: 'unknown_panel' });
    expect(await at.bench.store.evidence.open({ agentsOf: 'other' })).toHaveLength(2);
  });

  it('keeps all where a panel of the config can not be read, which may be the same', async () => {
    await hold();
    another.server.inject({ fault: { kind: 'status', status: 502 } });
    await expect(forget()).rejects.toMatchObject({ code: 'PANEL_SERVER_ERROR' });
    expect(await at.bench.store.evidence.open({ agentsOf: 'vpn' })).toHaveLength(2);
  });

  it('has no agent but those that are stored of it', async () => {
    await hold();
    await expect(at.limit('south', null, { panel: 'vpn' })).rejects.toMatchObject({ code: 'unknown_agent' });
    await expect(at.limit('north', null, { panel: 'vpm' })).rejects.toMatchObject({ code: 'unknown_panel' });
    await expect(at.limit('north', 20, { panel: 'vpn' })).rejects.toMatchObject({ code: 'unknown_panel' });
  });
});
