import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const [at, open] = useOpened(startHiddifyBench);
const rename = () =>
  at.bench.configure(at.bench.text.replaceAll('  vpn: {', '  vpn2: {').replace(/panel: vpn(?=[, ])/g, 'panel: vpn2'));

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
describe.each([
  ['keeps its name', false],
  ['has another name', true],
])('a panel that %s in the config', (_, isRenamed) => {
  it('gets the users of an agent enabled again once its limit is raised', async () => {
    await open();
    const user = await useLimit();
    at.panel.use(user, 2 * GB);
    await at.check({ allowMass: true });
    expect(at.panel.user(user).enable).toBe(false);
    if (isRenamed) await rename();
    await at.check({ allowMass: true });
    await at.limit('north', 100);
    at.bench.clock.advance(HOUR);
    await at.check({ allowMass: true });
    expect(at.panel.user(user).enable).toBe(true);
  });

  it('gets the users of an agent enabled again by the end of its suspension', async () => {
    await open();
    const user = await useLimit();
    await at.sluice.agents.suspend('north');
    expect(at.panel.user(user).enable).toBe(false);
    if (isRenamed) await rename();
    await at.sluice.agents.unsuspend('north');
    expect(at.panel.user(user).enable).toBe(true);
  });
});
