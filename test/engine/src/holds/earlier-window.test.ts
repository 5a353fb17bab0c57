import { expect, it } from '@jest/globals';
import { findNextDecision } from '@sluice/engine/words';
import { DAY, HOUR } from '../bench/engine-bench.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { useEach } from '../loop/polls.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startEasyDcimBench);

const DAILY = `  daily: { panel: dcim, quota: { total: 900GB }, action: disable-ports, limits: [{ id: daily, window: day, allowance: 20GB, action: disable-ports }] }`;

it.each([
  ['quota', 'ports', 30 * DAY],
  ['daily', 'daily', DAY],
])('a hold "%s" is of an earlier window until the present one is read', async (reason, product, later) => {
  await open(DAILY);
  const { clock } = at.bench;
  await at.addService(1, { product });
  await at.poll();
  clock.advance(HOUR);
  useEach(at, [1], 150);
  await at.poll({ allowMass: true });
  const look = async (): Promise<unknown[]> => {
    const found = await at.sluice.explain('svc-1');
    const open = found.holds.filter(({ until }) => until === null);
    return open.map((hold) => [hold.reason, findNextDecision(found, hold)]);
  };
  expect(await look()).toEqual([[reason, null]]);
  await at.sluice.services.set('svc-1', { next_due_date: '2027-02-15' });
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  clock.advance(later);
  await at.poll({ allowMass: true });
  expect(await look()).toEqual([[reason, 'window']]);
  at.panel.server.clearFaults();
  if (reason === 'quota') at.panel.resetTraffic(toIds(1).service);
  clock.advance(HOUR);
  await at.poll({ allowMass: true });
  // What was used before the first reading in a window is not known.
  clock.advance(HOUR);
  await at.poll({ allowMass: true });
  expect(await look()).toEqual([]);
});
