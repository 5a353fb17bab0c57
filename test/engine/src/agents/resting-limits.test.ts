import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { suspensionOn } from './suspension.js';

const at = useBench(startHiddifyBench);
const { suspend, unsuspend, sweep } = suspensionOn(at);

it('gives services back after a suspension below an account with a limit that is not an agent any more', async () => {
  const east = at.panel.addAgent(at.north, { name: 'east' });
  await at.addProduct('east', { agent: east });
  const own = await at.create(1, { product: 'east' });
  const loose = at.panel.addUser({ agent: east, usageLimit: 10 * GB });
  const enabled = (): boolean[] => [own, loose].map((uuid) => at.panel.user(uuid).enable);
  await at.limit('north', 500);
  at.panel.changeAdmin(at.north, { mode: 'admin' });
  await at.check();
  expect(enabled()).toEqual([true, true]);
  await suspend('east');
  expect(enabled()).toEqual([false, false]);
  const [hold] = (await at.sluice.explain('svc-1')).holds;
  expect(hold?.note).toBe('agent "east" is suspended');
  const told = (await at.bench.store.notices.list({})).filter(({ code }) => code === 'hold');
  expect(told.map(({ message }) => message)).toEqual([expect.stringContaining('agent "east" is suspended')]);
  const { left } = await unsuspend('east');
  expect([enabled(), await at.reasons('svc-1'), left]).toEqual([[true, true], [], []]);
  await sweep();
  expect([enabled(), await at.reasons('svc-1')]).toEqual([[true, true], []]);
});

it('enables a user that could not be enabled with the end of a suspension', async () => {
  const east = at.panel.addAgent(at.north, { name: 'east' });
  const loose = at.panel.addUser({ agent: east, usageLimit: 10 * GB });
  await at.limit('north', 500);
  at.panel.changeAdmin(at.north, { mode: 'admin' });
  await at.check();
  await suspend('east');
  expect(at.panel.user(loose).enable).toBe(false);
  const mend = at.panel.server.inject({
    endpoint: 'PATCH /api/v2/admin/user/{uuid}/',
    fault: { kind: 'status', status: 500 },
  });
  at.bench.clock.advance(MINUTE);
  await at.sluice.agents.unsuspend('east');
  expect(at.panel.user(loose).enable).toBe(false);
  mend();
  await sweep();
  expect(at.panel.user(loose).enable).toBe(true);
  const { holds } = await at.sluice.holds.list({ open: true });
  expect(holds).toEqual([]);
});
