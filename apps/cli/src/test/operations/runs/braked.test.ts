import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport, ServiceDetail } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(() =>
  startEasyDcimBench('poll: { doubt: { jump: off }, brake: { share: 1%, atLeast: 1 } }'),
);
beforeEach(async () => {
  for (const number of [1, 2]) await at.addService(number);
  at.use(1, 195);
});

const SENTENCE = /No run over panel dcim changed anything since .*: the last run would have changed 1 of 2 services/;

const text = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout;
const wouldHold = async (): Promise<unknown> =>
  (await at.bench.sluice('hold list --json')).json<{ wouldHold: object[] }>().wouldHold;

describe('while the brake stopped the last run of a panel', () => {
  it('hold list, usage and plan say what would be', async () => {
    expect((await at.poll()).json<RunReport>().error?.code).toBe('mass_change');
    for (const list of ['service list', 'usage']) {
      const due = await at.bench.sluice(`${list} --status would-be-held --json`);
      expect(due.json<{ services: ServiceDetail[] }>().services.map(({ id }) => id)).toEqual(['svc-1']);
    }
    expect(await wouldHold()).toEqual([{ service: 'svc-1', panel: 'dcim', reason: 'quota', by: 'brake' }]);
    expect(await text('hold list')).toMatch(
      /svc-1: would be held \(quota\); the brake stopped the last run on panel dcim/,
    );
    // The plan is shown already.
    expect(await text('plan')).toContain('make them once with "sluice reconcile --panel dcim --allow-mass"');
    expect(await text('plan')).not.toContain('"sluice plan');
    const again =
      'Check the changes with "sluice plan --panel dcim"; if they are correct, run again with --panel dcim --allow-mass';
    expect((await at.bench.sluice('poll')).stderr).toContain(again);
    const once = 'if they are correct, run "sluice poll --panel dcim --allow-mass" once';
    expect(await text('doctor')).toContain(once);
  });

  it('every place that shows the panel says since when, how many and what to do', async () => {
    await at.poll();
    const why = await text('explain svc-1');
    expect(why).toMatch(SENTENCE);
    for (const way of ['sluice plan --panel dcim', 'sluice poll --panel dcim --allow-mass', 'sluice observe dcim'])
      expect(why).toContain(way);
    expect(await text('doctor')).toMatch(SENTENCE);
    expect(await text('panel list')).toMatch(SENTENCE);
  });

  it('plan says what would be released', async () => {
    await at.poll('--allow-mass');
    await at.bench.sluice('override set svc-1 --quota 1TB');
    expect(await text('plan')).toContain('would be released: quota');
  });
});

it('hold list says what observe stops', async () => {
  await at.bench.sluice('observe dcim');
  await at.poll();
  expect(await wouldHold()).toEqual([{ service: 'svc-1', panel: 'dcim', reason: 'quota', by: 'observe' }]);
});
