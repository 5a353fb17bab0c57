import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench({ agents: '{ accounting: allocated }' }));

/** Nine users without a limit, 1,000,000 GB on the panel, are more bytes than a number counts exactly. */
function sellUnlimited(): string {
  const south = at.panel.addAgent(undefined, { name: 'south' });
  for (let user = 0; user < 9; user += 1) at.panel.addUser({ agent: south, usageLimit: 1_000_000 * GB });
  at.bench.clock.advance(HOUR);
  return south;
}

describe('an agent whose users were sold more than can be counted', () => {
  it('is over its limit, and the others are decided as usual', async () => {
    await at.limit('north', 10);
    const south = sellUnlimited();
    await at.limit('south', 500);
    const user = at.panel.addUser({ agent: at.north, usageLimit: 11 * GB });
    at.bench.clock.advance(HOUR);
    const { run, agents } = await at.sluice.agents.check({ allowMass: true });
    expect(run.outcome).toBe('done');
    expect(agents.map(({ name, exceeded }) => [name, exceeded])).toEqual(
      expect.arrayContaining([
        ['north', true],
        ['south', true],
      ]),
    );
    expect(at.panel.user(user).enable).toBe(false);
    expect(at.panel.listUsers(south).filter(({ enable }) => enable)).toEqual([]);
    expect(await at.sluice.agents.explain('south')).toMatchObject({
      usedBytes: Number.MAX_SAFE_INTEGER,
      sentence: expect.stringContaining('8 PB or more allocated'),
    });
  });

  it('leaves lists and creations under other agents as they are', async () => {
    await at.limit('north', 1000);
    sellUnlimited();
    expect((await at.sluice.agents.list()).agents.map(({ name }) => name)).toContain('south');
    expect(await at.createUser('north', 'anna', 10)).toMatchObject({ user: { limitBytes: 10 * GB } });
    await at.create(1, { product: 'agency' });
    expect((await at.sluice.reconcile({ allowMass: true })).services).toMatchObject([{ status: 'ok' }]);
    await expect(at.createUser('south', 'bob', 10)).resolves.toBeDefined();
  });
});
