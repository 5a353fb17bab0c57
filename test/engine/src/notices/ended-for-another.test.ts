import { expect, it } from '@jest/globals';
import { keepMessages } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY } from '../bench/engine-bench.js';

const channel = keepMessages();
const at = useBench(() =>
  startEasyDcimBench('notify: [{ name: ops, hook: x }, { name: clients, hook: x, for: client }]', {
    channels: [channel.kind],
  }),
);

it('a held service that has ended tells its former client nothing of the server that another has', async () => {
  await at.addService(1, { values: { client: '42' } });
  at.use(1, 120);
  await at.poll();
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  await at.pollAfter(DAY);
  channel.sent.length = 0;
  const { refs = {} } = (await at.bench.store.services.get('svc-1')) ?? {};
  const own = { panel: 'dcim', product: 'ports', client: '43', status: 'active', next_due_date: '2026-12-15' };
  await at.sluice.services.add('svc-2', { ...own, billing_cycle: 'monthly', ...refs });
  const { notices } = await at.poll();
  const told = notices.filter(({ code }) => code === 'release' || code === 'ended_released');
  expect(told.map(({ message }) => message).sort()).toEqual([
    'svc-1 has ended, and what it was restricted on is not its own any more: its restrictions end',
    'svc-1 is released (quota: the service has ended)',
  ]);
  const sent = channel.sent.filter(({ event }) => event === 'release');
  expect(sent.map(({ for: reader, text }) => [reader, text])).toEqual([
    ['operator', expect.stringMatching(/^svc-1 is released \(quota: the service has ended\)/)],
  ]);
});
