import { expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';
import { noticeCodes } from '../loop/polls.js';

const channel = keepMessages();
const at = useBench(async () => {
  const bench = await startEasyDcimBench(TO_CLIENTS, { channels: [channel.kind] });
  const packages = 'currency: EUR\npackages: { extra: { traffic: 50GB, price: "5.00" } }\n';
  const offered = bench.bench.text.replace('action: suspend-order }', 'action: suspend-order, packages: [extra] }');
  await bench.bench.configure(`${offered}\n${packages}`);
  return bench;
});

/** Texts of what client 42 was sent about the end of a hold. */
const released = (): string[] => channel.sent.filter(({ event }) => event === 'release').map(({ text }) => text);

async function exceed(): Promise<void> {
  await at.addService(1, { product: 'order', values: { client: '42' } });
  at.use(1, 120);
  await at.poll();
}

const ENDED = { code: 'hold_ended', service: 'svc-1' };

it('of one of several holds that a run ends is not that the service is released', async () => {
  await exceed();
  await at.sluice.services.set('svc-1', { status: 'suspended' });
  await at.sluice.overrides.set('svc-1', { quota: '500GB' });
  const preview = await at.poll({ dryRun: true });
  expect(preview.notices.find(({ code }) => code === 'hold_ended')?.message).toBe(
    'svc-1: a hold would end (quota: usage is below the allowance); it would stay held (billing)',
  );
  const report = await at.pollAfter(HOUR);
  expect(report.notices).toMatchObject([
    { code: 'hold', service: 'svc-1' },
    { ...ENDED, message: 'svc-1: a hold ended (quota: usage is below the allowance); it stays held (billing)' },
  ]);
  expect([at.panel.order(901).status, released()]).toEqual(['suspended', []]);
  await at.sluice.services.set('svc-1', { status: 'active' });
  expect(noticeCodes(await at.pollAfter(HOUR))).toEqual(['release']);
  expect(released()).toEqual(['Service svc-1 is no longer restricted.']);
});

it('of one of several holds that a purchase ends is not that the service is released', async () => {
  await exceed();
  await at.sluice.holds.add('svc-1');
  await at.sluice.credit.add('42', { amount: '5', currency: 'EUR' });
  await at.sluice.purchases.create('svc-1', 'extra');
  const notices = await at.bench.store.notices.list({ service: 'svc-1' });
  expect(notices.filter(({ code }) => code === 'release' || code === 'hold_ended')).toMatchObject([
    { ...ENDED, message: 'svc-1: a hold ended (quota: usage is below the allowance); it stays held (manual)' },
  ]);
  await at.pollAfter(HOUR);
  expect(released()).toEqual([]);
});

it('says as a run does why a purchase released the service', async () => {
  await exceed();
  await at.sluice.credit.add('42', { amount: '5', currency: 'EUR' });
  await at.sluice.purchases.create('svc-1', 'extra');
  const notices = await at.bench.store.notices.list({ service: 'svc-1' });
  expect(notices.filter(({ code }) => code === 'release').map(({ message }) => message)).toEqual([
    'svc-1 is released (quota: usage is below the allowance)',
  ]);
});
