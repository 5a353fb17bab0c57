import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
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
