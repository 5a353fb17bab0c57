import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { pollLater } from '../loop/polls.js';

const at = useBench(startHiddifyBench);

/** What lists and metrics say of the panel. */
async function seen(): Promise<unknown[]> {
  const [panel] = (await at.sluice.panels.list()).panels;
  const up = (await at.sluice.metrics()).metrics.find(({ name }) => name === 'sluice_panel_up');
  return [panel?.downSince, up?.samples.map(({ value }) => value)];
}

describe('a panel works', () => {
  it('that has no user yet', async () => {
    await at.addService(1);
    for (let check = 0; check < 4; check++) await at.check();
    expect(await seen()).toEqual([null, [1]]);
  });

  it('that has lost the only user', async () => {
    at.panel.deleteUser(await at.create(1));
    for (let poll = 0; poll < 4; poll++) await pollLater(at);
    expect(await seen()).toEqual([null, [1]]);
  });
});

it.each([
  ['no', 0, 'list_empty'],
  ['fewer than half of', 1, 'list_halved'],
])(
  'a panel that suddenly shows %s its users is up, and operators are told that nothing is decided there',
  async (_, left) => {
    const uuids = [];
    for (const number of [1, 2, 3]) uuids.push(await at.create(number));
    await pollLater(at);
    for (const uuid of uuids.slice(left)) at.panel.deleteUser(uuid);
    const told = async (): Promise<string[]> =>
      (await at.bench.store.notices.list({})).flatMap(({ code, panel }) => (panel === 'vpn' ? [code] : []));
    for (let poll = 0; poll < 2; poll++) await pollLater(at);
    expect(await seen()).toEqual([null, [1]]);
    expect(await told()).toEqual(['panel_undecided']);
    const [alarm] = (await at.sluice.notices.alarms()).alarms;
    expect(alarm?.message).toMatch(/^No run over panel vpn has read any usage since .*: the list was ignored\.$/);
  },
);
