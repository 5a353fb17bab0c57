import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { passTime, startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const NONE = { billing_cycle: '', next_due_date: '' };
const CHANGES: [string, values: Record<string, string>, change: Record<string, string>][] = [
  ['without a due date', NONE, {}],
  ['whose due date was unset', {}, NONE],
];

const [flvx, startFlvx] = useOpened(startFlvxBench);
const [hiddify, startHiddify] = useOpened(startHiddifyBench);

it.each(CHANGES)('FLVX does not stop a protected service %s', async (_name, values, change) => {
  await startFlvx();
  const user = await flvx.create(1, { product: 'bare', values });
  await flvx.sluice.services.set('svc-1', { protected_until: '2027-03-01', ...change });
  flvx.bench.clock.advance(HOUR);
  await flvx.poll();
  const dayOf = (): string => new Date(flvx.panel.user(user)!.expTime).toISOString();
  expect(dayOf()).toBe('2027-03-01T00:00:00.000Z');
  passTime(flvx, Date.parse('2026-12-25T12:00:00Z'));
  await flvx.sluice.reconcile();
  expect([flvx.panel.user(user)?.status, dayOf()]).toEqual([1, '2027-03-01T00:00:00.000Z']);
});

it('FLVX keeps the days of a service without a due date that is not protected', async () => {
  await startFlvx();
  const user = await flvx.create(1, { product: 'bare', values: NONE });
  const first = flvx.panel.user(user)?.expTime;
  await flvx.sluice.services.set('svc-1', { protected_until: '2026-11-22' });
  passTime(flvx, Date.parse('2026-12-25T12:00:00Z'));
  await flvx.sluice.reconcile();
  expect([flvx.panel.user(user)?.status, flvx.panel.user(user)?.expTime]).toEqual([0, first]);
});

it('Hiddify does not stop a protected service that has no due date any more', async () => {
  await startHiddify();
  const user = await hiddify.create(1);
  hiddify.panel.changeUser(user, { startDate: '2026-11-20', packageDays: 30 });
  await hiddify.sluice.services.set('svc-1', { product: 'bare', protected_until: '2027-03-01', ...NONE });
  hiddify.bench.clock.advance(HOUR);
  await hiddify.poll();
  const { startDate, packageDays } = hiddify.panel.user(user);
  const last = new Date(Date.parse(startDate ?? '') + packageDays * 24 * HOUR).toISOString().slice(0, 10);
  expect(last).toBe('2027-03-01');
});
