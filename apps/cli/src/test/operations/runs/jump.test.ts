import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench('poll: { interval: 1h }'));

/** Adds traffic to a service on a line of unknown speed, and polls in words. */
async function poll(bytes: number): Promise<string> {
  at.panel.addTraffic(501, { in: bytes, out: 0 });
  at.bench.clock.advance(HOUR);
  const { stdout, stderr } = await at.bench.sluice('poll');
  return stdout + stderr;
}

beforeEach(async () => {
  at.panel.behaviour.speedWhenDown = null;
  await at.addService(1, {
    ports: [
      { id: 7011, name: 'eth0' },
      { id: 7012, name: 'eth1', adminState: 'down' },
    ],
  });
  await poll(40 * GB);
});

describe('a hold that one jump would begin', () => {
  it('says once what an operator can do', async () => {
    const said = await poll(60 * GB);
    expect([said.match(/ompare/g)?.length, said.match(/--allow-mass/g)?.length]).toEqual([1, 1]);
  });

  it('has its remedy in doctor once it has waited for more than three polls', async () => {
    for (const factor of [40, 20, 10, 5]) {
      at.panel.answers.bandwidth.factor = factor;
      await poll(0);
    }
    expect((await at.bench.sluice('doctor')).stdout).toContain('"sluice poll --allow-mass"');
  });
});
