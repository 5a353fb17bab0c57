import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { startShop } from '../purchases/shop.js';

const SUSPENDED = 'svc-1 is within its allowance, but the panel stops it: order 901 is suspended';

const at = useBench(startShop);

/** What stops the service, as its detail and the list of alarms say it. */
async function readStopped(): Promise<unknown[]> {
  const { stoppedByPanel } = await at.sluice.services.show('svc-1');
  const { alarms } = await at.sluice.notices.alarms();
  return [stoppedByPanel?.message ?? null, ...alarms.map(({ message }) => message)];
}
const message = expect.stringContaining(SUSPENDED);
const toInstant = (): string => new Date(at.bench.clock.now()).toISOString();

it('a purchase states what still stops the service, as lists do until a command or a reconcile finds it no more', async () => {
  await at.open(120, '20.00');
  at.panel.staffSuspendOrder(901, 'abuse');
  at.bench.clock.advance(HOUR);
  const { purchase, stillHeld, error, stoppedByPanel } = await at.buy('svc-1', 'extra-50');
  expect([purchase.status, stillHeld, error, at.portState(1)]).toEqual(['paid', [], null, 'up']);
  expect(stoppedByPanel).toEqual({ since: toInstant(), message });
  await at.pollAfter(HOUR);
  expect(await readStopped()).toEqual([message, message]);
  // A client reads no message.
  const again = await at.sluice.purchases.create('svc-1', 'extra-50', { client: '42' });
  expect(again.stoppedByPanel).toEqual({ ...stoppedByPanel, message: null });
  at.panel.staffUnsuspendOrder(901);
  await at.sluice.holds.release('svc-1');
  expect(await readStopped()).toEqual([null]);
});

it.each(['holds', 'provision'] as const)('a release by command (%s) shows what still stops the service', async (by) => {
  await at.open(10);
  at.panel.staffSuspendOrder(901, 'abuse');
  const { holds, provision } = at.sluice;
  await (by === 'holds' ? holds.add('svc-1') : provision.suspend('svc-1'));
  const { service } = await (by === 'holds' ? holds.release('svc-1') : provision.unsuspend('svc-1'));
  expect(service.stoppedByPanel).toEqual({ since: toInstant(), message });
  expect(await readStopped()).toEqual([message, message]);
  // While it is held again, its hold is what stops it.
  await holds.add('svc-1');
  expect(await readStopped()).toEqual([null]);
});

it.each([
  ['its order', /\/orders/],
  ['anything', /./],
])('neither a command nor a run that can not read %s ends what is known to stop a service', async (_what, path) => {
  await at.open(10);
  at.panel.staffSuspendOrder(901, 'abuse');
  await at.sluice.reconcile();
  const known = (await at.sluice.services.show('svc-1')).stoppedByPanel;
  expect(known).toEqual({ since: toInstant(), message });
  at.panel.server.inject({ match: (call) => path.test(call.path), fault: { kind: 'status', status: 500 } });
  at.bench.clock.advance(HOUR);
  await at.sluice.holds.release('svc-1');
  expect((await at.sluice.services.show('svc-1')).stoppedByPanel).toEqual(known);
  await at.sluice.reconcile();
  expect((await at.sluice.services.show('svc-1')).stoppedByPanel).toEqual(known);
});

/** Staff stop the ports or the order of the service, or let them run again. */
function stop(what: 'ports' | 'order'): void {
  if (what === 'order') at.panel.staffSuspendOrder(901, 'abuse');
  else for (const id of [7011, 7012]) at.panel.staffDisablePort(id);
}
function letRun(what: 'ports' | 'order'): void {
  if (what === 'order') at.panel.staffUnsuspendOrder(901);
  else for (const id of [7011, 7012]) at.panel.staffEnablePort(id);
}

it.each([
  ['order', 'ports', /\/ports/],
  ['ports', 'order', /\/orders/],
] as const)('ends what stopped the %s although the %s can never be read', async (what, _other, path) => {
  await at.open(10);
  at.panel.server.inject({ match: (call) => path.test(call.path), fault: { kind: 'status', status: 403 } });
  stop(what);
  at.bench.clock.advance(HOUR);
  await at.sluice.reconcile();
  expect((await readStopped()).length).toBe(2);
  letRun(what);
  at.bench.clock.advance(HOUR);
  await at.sluice.reconcile();
  expect(await readStopped()).toEqual([null]);
});
