import { expect, it } from '@jest/globals';
import { keepMessages } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const channel = keepMessages();
const at = useBench(() => startEasyDcimBench('notify: [{ hook: x, events: [digest] }]', { channels: [channel.kind] }));

const digests = () =>
  channel.sent.filter(({ event }) => event === 'digest').map(({ text, view }) => [text.split('\n')[0], view.figures]);

it('says what runs out next, who is held and which panels are away, in this order', async () => {
  await at.addService(1, { values: { name: 'Web' } });
  await at.addService(2);
  await at.addService(3);
  at.use(2, 120);
  for (let hour = 0; hour < 12; hour++) {
    at.use(1, 6);
    at.use(3, 1);
    await at.pollAfter(HOUR, { allowMass: true });
  }
  at.bench.clock.set('2026-11-21T00:30:00Z');
  await at.poll();
  const [first, ...others] = digests();
  expect(others).toEqual([]);
  expect(first?.[0]).toMatch(/^2026-11-20: 1 used up within 2 days, 1 held$/);
  expect(first?.[1]).toEqual([
    {
      label: 'Used up within 2 days',
      value: '1',
      detail: expect.stringMatching(/^Web \(svc-1\) 2[12] Nov \d\d:\d\d$/),
    },
    { label: 'Held', value: '1', detail: 'svc-2' },
  ]);
});

it('says what happened where nothing needs anybody', async () => {
  await at.addService(1);
  at.use(1, 85);
  await at.poll();
  at.bench.clock.set('2026-12-20T00:30:00Z');
  await at.poll();
  at.bench.clock.set('2026-12-21T00:30:00Z');
  await at.poll();
  for (const [text, figures] of digests())
    expect([text, figures]).toEqual([expect.stringMatching(/nothing needs you; /), []]);
});
