import { expect, it } from '@jest/globals';
import { keepMessages } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { DAY, HOUR } from '../bench/engine-bench.js';

const channel = keepMessages();
const NOTIFY = 'notify: [{ name: ops, hook: x, events: [hold] }]';
const at = useBench(() => startEasyDcimBench(NOTIFY, { channels: [channel.kind] }));

it('a notice whose next attempt was planned while the clock was ahead is sent when it is right again', async () => {
  await at.addService(1);
  at.use(1, 120);
  channel.down = true;
  await at.poll();
  at.skew.ms = 80 * DAY;
  await at.sluice.notices.send();
  at.skew.ms = 0;
  at.bench.clock.advance(HOUR);
  channel.down = false;
  await at.sluice.notices.send();
  const [delivery, ...others] = await at.bench.store.deliveries.list();
  expect([others, delivery?.delivery.state, channel.sent.length]).toEqual([[], 'sent', 1]);
});
