import { describeEffect } from '@sluice/engine/words';
import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { startShop } from './shop.js';

const [at, start] = useOpened(startShop);

const AUTO = ', autoBuy: { enabled: true, package: extra-50, thresholdGb: 10, maxPerCycle: 3 }';

/** What the offer of a package says that stops the service after it, and its sentences. */
async function readOffer(reader?: string) {
  const { packages } = await at.sluice.purchases.packages({ service: 'svc-1', reader });
  const offered = packages.find(({ id }) => id === 'extra-50');
  if (offered?.effect == null) throw new Error('no effect');
  return { stops: offered.effect.stops, says: describeEffect(offered, packages).join(' ') };
}

const SUSPENDED = 'order 901 is suspended, but not by a hold of this service';

it('an offer says that staff have stopped a held service, too, as the last run saw it', async () => {
  await start();
  await at.open(120, '20');
  expect(await readOffer()).toEqual({ stops: [], says: '' });
  at.panel.staffSuspendOrder(901, 'abuse');
  await at.pollAfter(HOUR);
  const { readAt } = (await at.sluice.services.show('svc-1')).usage ?? {};
  const message = `svc-1 is stopped besides its holds: ${SUSPENDED}`;
  const stops = [{ by: 'others', holds: [], at: readAt, message }];
  expect(await readOffer()).toEqual({ stops, says: `${message}; the package alone may not end that.` });
  const own = await readOffer('42');
  expect(own).toMatchObject({ stops: [{ message: null }] });
  expect((await at.buy('svc-1', 'extra-50')).stoppedByPanel?.message).toContain(SUSPENDED);
  // Without a hold it is the alarm that says it.
  expect((await readOffer()).stops).toMatchObject([{ by: 'others', message: expect.stringContaining(SUSPENDED) }]);
});

it('an offer tells a client of nothing before the service was its own', async () => {
  await start();
  await at.open(120);
  at.panel.staffSuspendOrder(901, 'abuse');
  await at.pollAfter(HOUR);
  at.bench.clock.advance(HOUR);
  await at.sluice.services.set('svc-1', { client: '43' });
  const since = new Date(at.bench.clock.now()).toISOString();
  at.bench.clock.advance(HOUR);
  expect((await readOffer('43')).stops).toEqual([{ by: 'others', holds: [], at: since, message: null }]);
});

it.each([
  ['the order', /\/orders/],
  ['anything', /./],
])('an offer says what others had stopped while %s can not be read', async (_what, path) => {
  await start();
  await at.open(120, '20');
  at.panel.staffSuspendOrder(901, 'abuse');
  await at.pollAfter(HOUR);
  const { stops: seen } = await readOffer();
  expect(seen).toMatchObject([{ by: 'others', message: expect.stringContaining(SUSPENDED) }]);
  at.panel.server.inject({ match: (call) => path.test(call.path), fault: { kind: 'status', status: 500 } });
  for (const _ of [1, 2]) {
    await at.pollAfter(HOUR);
    expect((await readOffer()).stops.filter(({ by }) => by === 'others')).toEqual(seen);
  }
  at.panel.server.clearFaults();
  at.panel.staffUnsuspendOrder(901);
  await at.pollAfter(HOUR);
  expect((await readOffer()).stops).toEqual([]);
});

it('an offer says that an order runs again although its ports can never be read', async () => {
  await start();
  at.panel.server.inject({ match: (call) => call.path.includes('/ports'), fault: { kind: 'status', status: 403 } });
  await at.open(120, '20');
  at.panel.staffSuspendOrder(901, 'abuse');
  await at.pollAfter(HOUR);
  expect((await readOffer()).stops).toMatchObject([{ by: 'others' }]);
  at.panel.staffUnsuspendOrder(901);
  await at.pollAfter(HOUR);
  expect((await readOffer()).stops).toEqual([]);
});

it('an offer for a held service says nothing of an alarm that its last run has not found any more', async () => {
  await start();
  await at.open(10);
  at.panel.staffSuspendOrder(901, 'abuse');
  at.bench.clock.advance(HOUR);
  await at.sluice.reconcile();
  expect((await at.sluice.services.show('svc-1')).stoppedByPanel?.message).toContain(SUSPENDED);
  at.panel.staffUnsuspendOrder(901);
  at.use(1, 110);
  await at.poll();
  expect(await readOffer()).toEqual({ stops: [], says: '' });
});

it('an offer says that the panel is down, and that another service keeps the ports', async () => {
  await start(', allowSharedPorts: true');
  const ports = [{ id: 7011, name: 'eth0' }];
  await at.addService(1, { values: { client: '42' }, ports });
  await at.addService(2, { values: { client: '43' }, ports, serverId: 301 });
  at.use(1, 120);
  at.use(2, 120);
  await at.poll({ allowMass: true });
  await at.pollAfter(HOUR, { allowMass: true });
  expect((await readOffer()).says).toMatch(/stays disabled without a hold of svc-1, because svc-2 shares it/);
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.pollAfter(HOUR);
  expect(await readOffer()).toMatchObject({
    stops: [{ by: 'panel-down', at: expect.any(String) }, { by: 'others' }],
    says: expect.stringContaining('Panel "dcim" answers no call'),
  });
});

it('an offer says nothing of runs that decide nothing by a wrong clock: the purchase releases at once', async () => {
  await start();
  await at.open(120, '20');
  at.skew.ms = (3 / 4) * HOUR;
  await at.pollAfter(HOUR);
  expect((await at.sluice.services.show('svc-1')).panelUndecided).toMatchObject({ code: 'clock_wrong' });
  expect(await readOffer()).toEqual({ stops: [], says: '' });
  expect(await at.buy('svc-1', 'extra-50')).toMatchObject({ stillHeld: [], error: null });
  expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
});

it('an offer says that observe keeps the restriction of a hold that has ended', async () => {
  await start();
  await at.open(120, '20');
  at.panel.server.inject({ match: ({ changing }) => changing, fault: { kind: 'status', status: 403 } });
  await at.sluice.overrides.set('svc-1', { quota: '500GB' });
  await at.pollAfter(HOUR);
  at.panel.server.clearFaults();
  await at.sluice.panels.observe('dcim');
  expect((await at.sluice.services.show('svc-1')).holds).toMatchObject([{ reason: 'quota', releasing: true }]);
  expect((await readOffer()).stops).toMatchObject([
    { by: 'observe', holds: ['quota'], message: expect.stringContaining('release the service by name') },
  ]);
  expect((await at.buy('svc-1', 'extra-50')).error?.code).toBe('under_observe');
});

it.each([
  ['held', 120],
  ['within its allowance', 91],
])('auto-buy charges nothing for a service that staff have stopped (%s)', async (_what, used) => {
  await start(AUTO);
  await at.open(used === 120 ? used : 10);
  at.panel.staffSuspendOrder(901, 'abuse');
  at.bench.clock.advance(HOUR);
  await at.sluice.reconcile();
  await at.pay('20');
  if (used !== 120) at.use(1, used - 10);
  const { notices, totals } = await at.pollReport();
  expect([totals.purchased, await at.balance(), (await at.purchases()).length]).toEqual([0, '20.00', 0]);
  expect(notices.find(({ code }) => code === 'auto_buy_refused')?.message).toContain(SUSPENDED);
  at.panel.staffUnsuspendOrder(901);
  at.bench.clock.advance(HOUR);
  expect((await at.sluice.reconcile()).totals.purchased).toBe(1);
  expect(at.portState(1)).toBe('up');
});

it.each([
  ['is read', /^never$/, 1],
  ['can not be read', /\/orders/, 0],
])('auto-buy asks the panel about an alarm before it refuses by it (the order %s)', async (_what, path, bought) => {
  await start(AUTO);
  await at.open(10, '20');
  at.panel.staffSuspendOrder(901, 'abuse');
  at.bench.clock.advance(HOUR);
  await at.sluice.reconcile();
  at.panel.staffUnsuspendOrder(901);
  at.panel.server.inject({ match: (call) => path.test(call.path), fault: { kind: 'status', status: 500 } });
  at.use(1, 81);
  const { totals, notices } = await at.pollReport();
  const refused = notices.filter(({ code }) => code === 'auto_buy_refused').map(({ message }) => message);
  expect([totals.purchased, refused]).toEqual([bought, bought === 1 ? [] : [expect.stringContaining(SUSPENDED)]]);
});

it.each([
  ['one of its two ports', [7011, 7012], 1],
  ['its only port', [7011], 0],
])('auto-buy for a service of which another service keeps %s', async (_what, own, bought) => {
  await start(`${AUTO}, allowSharedPorts: true`);
  const toPorts = (ids: number[]) => ids.map((id) => ({ id, name: `eth${id}` }));
  await at.addService(1, { values: { client: '42' }, ports: toPorts(own) });
  await at.addService(2, { values: { client: '43' }, ports: toPorts([7011]), serverId: 301 });
  at.use(2, 120);
  await at.poll({ allowMass: true });
  await at.sluice.reconcile();
  expect((await at.sluice.services.show('svc-1')).stoppedByPanel?.message).toContain('stays disabled');
  await at.pay('20');
  at.use(1, 91);
  const { totals, notices } = await at.poll();
  const refused = notices.filter(({ code, service }) => code === 'auto_buy_refused' && service === 'svc-1');
  expect([totals.purchased, refused.length]).toEqual([bought, 1 - bought]);
});
