import { expect, it } from '@jest/globals';
import { findLimitingAgent } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

it('names the agent above that keeps a service held, and promises no check', async () => {
  const east = at.panel.addAgent(at.north, { name: 'east' });
  await at.addProduct('eastern', { agent: east, gb: 100 });
  const user = await at.create(1, { product: 'eastern' });
  const loose = at.panel.addUser({ agent: at.north, usageLimit: 100 * GB });
  await at.limit(east, 16);
  await at.limit(at.north, 20);
  at.panel.use(user, 16 * GB);
  await at.check();
  at.panel.use(loose, 10 * GB);
  await at.check();
  await at.limit(east, 40);
  await at.check();
  await at.check();
  expect(await at.reasons('svc-1')).toContain('agent-limit');
  const agent = await findLimitingAgent(at.sluice, await at.sluice.explain('svc-1'));
  expect(agent).toMatchObject({ name: 'north', isAbove: true, end: { by: 'usage', isOver: true } });
});
