import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

const listHolds = async () => (await at.sluice.holds.list({ open: true })).holds;
const explain = async () => (await at.sluice.agents.explain('north')).sentence;
const pending = async () => (await at.sluice.panels.doctor()).checks.filter(({ code }) => code === 'hold_pending');

/** Suspends an agent with two enabled users and one that was disabled by others, which fails of the second one. */
async function suspendHalf(): Promise<() => void> {
  at.panel.addUser({ agent: at.north });
  const second = at.panel.addUser({ agent: at.north });
  at.panel.changeUser(at.panel.addUser({ agent: at.north }), { enable: false });
  await at.pollAfter(HOUR);
  const fault = { kind: 'status', status: 500, body: { msg: 'boom' } } as const;
  const mend = at.panel.server.inject({ endpoint: /^PATCH /, match: ({ path }) => path.includes(second), fault });
  await at.sluice.agents.suspend('north');
  return mend;
}

describe('a suspension that failed in part', () => {
  it('is marked in the list of holds, in doctor and where it is explained', async () => {
    await suspendHalf();
    expect(await listHolds()).toMatchObject([{ agent: { name: 'north' }, partly: true }]);
    expect(await pending()).toMatchObject([
      { object: 'agent "north"', message: expect.stringContaining('part') as unknown },
    ]);
    expect(await explain()).toContain('Sluice keeps 1 users disabled, and 1 is still enabled.');
  });

  it('is not marked any more once it is whole', async () => {
    (await suspendHalf())();
    await at.check();
    expect((await listHolds())[0]).not.toHaveProperty('partly');
    expect(await pending()).toEqual([]);
    expect(await explain()).toContain('Sluice keeps 2 users disabled.');
  });
});
