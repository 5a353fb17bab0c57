import { expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';
import { addCustomer } from './customer.js';
import { shorten } from './short-lists.js';

const at = useFlvxBench();

it('f2: a list that lacks the forwards of one account once does not leave a surplus one paused for good', async () => {
  await addCustomer(at, 'counted');
  for (let number = 2; number <= 5; number++) {
    const user = await at.create(number);
    for (const name of ['a', 'b']) at.panel.addForward(user, at.tunnels.hk, { name });
  }
  await pollLater(at);
  const third = at.panel.addForward(3, at.tunnels.hk, { name: 'third' });
  await pollLater(at);
  expect(at.panel.isRunning(third)).toBe(false);
  const restore = shorten(at, 'forwards', ({ userId }) => userId === 3);
  const { report } = await pollLater(at);
  restore();
  console.log('F2', report.run.outcome, JSON.stringify(report.services.map(({ id, error }) => [id, error?.code])));
  await pollLater(at);
  await at.panel.customer(3).deleteForward(2);
  await pollLater(at);
  await pollLater(at);
  await at.sluice.reconcile();
  console.log('F2 later', at.panel.isRunning(third), at.panel.runningForwards());
  expect(at.panel.isRunning(third)).toBe(true);
});
