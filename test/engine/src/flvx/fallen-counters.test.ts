import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { noticeCodes, pollLater } from '../loop/polls.js';

const NUMBERS = [1, 2, 3] as const;
const ALL_FELL = NUMBERS.map(() => 'counter_fell');

/** The counters of a panel that was restored from a backup: 100 GB were read of each service, and 60 GB are there. */
describe('the counters of a panel that was restored from a backup', () => {
  const at = useFlvxBench('poll: { interval: 1h }');
  let users: number[] = [];

  const show = (gigabytes: number): void => {
    for (const user of users) Object.assign(at.panel.world.users.get(user)!, { inFlow: gigabytes * GB, outFlow: 0 });
  };

  async function poll(gigabytes: number, how?: RunOptions): Promise<(number | string | null)[]> {
    show(gigabytes);
    const { services } = (await pollLater(at, HOUR, how)).report;
    return services.map(({ usage, error }) => error?.code ?? (usage?.totalBytes ?? 0) / GB);
  }

  beforeEach(async () => {
    users = [];
    for (const number of NUMBERS) users.push(await at.create(number, { product: 'big' }));
    expect(await poll(100)).toEqual([100, 100, 100]);
    expect(await poll(60)).toEqual(ALL_FELL);
  });

  it('count with all that they grew by until the operator accepts the fall', async () => {
    for (const gigabytes of [61, 70, 90]) expect(await poll(gigabytes)).toEqual(ALL_FELL);
    const { report } = await (async () => {
      show(91);
      return pollLater(at, HOUR, { allowMass: true });
    })();
    expect(report.services.map(({ usage }) => (usage?.totalBytes ?? 0) / GB)).toEqual([131, 131, 131]);
    expect(noticeCodes(report)).toEqual(['counter_restarted', 'counter_restarted', 'counter_restarted']);
    expect(await poll(92)).toEqual([132, 132, 132]);
  });

  it('count with what they grew by where they pass the old figure before the operator came', async () => {
    for (const gigabytes of [61, 99]) expect(await poll(gigabytes)).toEqual(ALL_FELL);
    expect(await poll(102)).toEqual([141, 141, 141]);
    expect(await poll(103)).toEqual([142, 142, 142]);
  });

  it('count with what they grew by before they fell further', async () => {
    for (const gigabytes of [65, 20, 22]) expect(await poll(gigabytes)).toEqual(ALL_FELL);
    expect(await poll(23, { allowMass: true })).toEqual([108, 108, 108]);
  });

  it('count so after a command, a preview and a run that could read nothing, too', async () => {
    expect(await poll(61)).toEqual(ALL_FELL);
    show(65);
    for (const number of NUMBERS) await at.sluice.provision.renew(`svc-${number}`, { until: '2027-01-15' });
    show(66);
    await at.sluice.plan();
    at.panel.server.inject({ endpoint: /user\/list$/, fault: { kind: 'html' }, times: 1 });
    await poll(67);
    at.panel.server.clearFaults();
    expect(await poll(70, { allowMass: true })).toEqual([110, 110, 110]);
  });

  it('count so where the fall was accepted for one service alone', async () => {
    expect(await poll(61)).toEqual(ALL_FELL);
    show(64);
    const { service } = await pollLater(at, HOUR, { service: 'svc-1' });
    expect(service).toMatchObject({ error: null, usage: { totalBytes: 104 * GB } });
    expect(await poll(65, { allowMass: true })).toEqual([105, 105, 105]);
  });
});
