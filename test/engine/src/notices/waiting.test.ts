import { expect, it } from '@jest/globals';
import type { Check } from '@sluice/engine';
import { keepMessages } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { MINUTE } from '../bench/engine-bench.js';

const channel = keepMessages();
const NOTIFY = 'notify: [{ name: ops, hook: x, events: [hold] }, { name: night, hook: x, events: [digest] }]';
const at = useBench(() => startEasyDcimBench(NOTIFY, { channels: [channel.kind] }));

const checks = async (): Promise<Pick<Check, 'object' | 'status' | 'message'>[]> =>
  (await at.sluice.panels.doctor()).checks
    .filter(({ section }) => section === 'notices')
    .map(({ object, status, message }) => ({ object, status, message }));

it('notices that wait are counted with the oldest, and reported once two polls should have sent them', async () => {
  const night = { object: 'night', status: 'ok', message: '' };
  await at.addService(1);
  at.use(1, 120);
  channel.down = true;
  await at.poll();
  const message = '1 notice was not sent yet, the oldest of 2026-11-20T13:00:00.000Z: receiver_unreachable: ';
  const ops = { object: 'ops', message: expect.stringContaining(message) as unknown };
  const sorted = async () => (await checks()).sort((a, b) => (a.object < b.object ? -1 : 1));
  expect(await sorted()).toEqual([night, { ...ops, status: 'ok' }]);
  at.bench.clock.advance(31 * MINUTE);
  expect(await sorted()).toEqual([night, { ...ops, status: 'warning' }]);
  channel.down = false;
  await at.poll();
  expect(await sorted()).toEqual([night, { object: 'ops', status: 'ok', message: '' }]);
});
