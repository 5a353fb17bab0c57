import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

/** With another address it is not known to be the same panel. */
const rename = () =>
  at.bench.configure(
    at.bench.text
      .replaceAll('//127.0.0.1:', '//localhost:')
      .replaceAll('  vpn: {', '  vpn2: {')
      .replaceAll('panel: vpn,', 'panel: vpn2,')
      .replaceAll('panel: vpn }', 'panel: vpn2 }'),
  );

/** Gives "north" a limit of 10 GB, and 9 GB of use by a user of its own. */
async function useLimit(): Promise<string> {
  const user = at.panel.addUser({ agent: at.north, usageLimit: 100 * GB, currentUsage: 0 });
  await at.limit('north', 10);
  at.bench.clock.advance(HOUR);
  at.panel.use(user, 9 * GB);
  await at.check();
  at.bench.clock.advance(HOUR);
  return user;
}

const limits = async () =>
  (await at.sluice.agents.list()).agents.map(({ name, limitBytes, usedBytes }) => [name, limitBytes, usedBytes]);

const check = () => at.sluice.agents.check({ allowMass: true });

describe('a panel of limited agents whose name in the config changed', () => {
  it('keeps the limits, and what was used, with its services', async () => {
    await at.create(1, { product: 'vpn-50' });
    const user = await useLimit();
    await rename();
    // The new name was read before a service shows that it is one.
    await check();
    at.bench.clock.advance(HOUR);
    await at.sluice.services.set('svc-1', { panel: 'vpn2' });
    expect(await limits()).toEqual([['north', 10 * GB, 9 * GB]]);
    at.panel.use(user, 2 * GB);
    expect((await check()).agents).toMatchObject([{ name: 'north', exceeded: true, usedBytes: 11 * GB }]);
    expect(at.panel.user(user).enable).toBe(false);
    expect(await at.sluice.panels.list()).toMatchObject({ removed: [] });
  });

  it('is observed as before', async () => {
    await at.create(1, { product: 'vpn-50' });
    const user = await useLimit();
    await at.sluice.panels.observe('vpn');
    await rename();
    await at.sluice.services.set('svc-1', { panel: 'vpn2' });
    at.panel.use(user, 2 * GB);
    expect((await check()).agents).toMatchObject([{ name: 'north', exceeded: true }]);
    expect(at.panel.user(user).enable).toBe(true);
  });

  it('is reported where no service shows its new name', async () => {
    await useLimit();
    await rename();
    const message =
      '1 agent has the panel "vpn", which is not in the config: nothing is read or changed there; none is held; 1 limit of agents is not enforced ("north")';
    const first = await at.poll();
    expect([first.run.outcome, first.panels]).toEqual(['done', []]);
    expect(first.notices).toMatchObject([{ code: 'panel_removed', message }]);
    expect((await at.poll()).notices).toEqual([]);
    expect(await at.sluice.panels.list()).toMatchObject({
      removed: [{ panel: 'vpn', agents: [], limited: ['north'] }],
    });
    const { checks } = await at.sluice.panels.doctor();
    expect(checks).toContainEqual(
      expect.objectContaining({ object: 'vpn', status: 'warning', code: 'panel_removed', message }),
    );
    await at.limit('north', 20);
    expect(await at.sluice.panels.list()).toMatchObject({ removed: [] });
  });

  it('leaves the limits that the new name has', async () => {
    await at.create(1, { product: 'vpn-50' });
    await useLimit();
    await rename();
    await at.limit('north', 20);
    await at.sluice.services.set('svc-1', { panel: 'vpn2' });
    expect(await limits()).toMatchObject([['north', 20 * GB, expect.anything()]]);
  });
});
