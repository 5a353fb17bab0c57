import { beforeEach, describe, expect, it } from '@jest/globals';
import type { HoldEntry, MetricsReport, RunReport, ServiceDetail } from '@sluice/engine';
import { toIds } from '../bench/easydcim-bench.js';
import { pollLater } from '../loop/polls.js';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { startSelling } from './selling.js';

const at = useBench(startSelling);

/** The panel has just gone down, with a second service that is not held. */
beforeEach(async () => {
  await at.addService(2, { product: 'order' });
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
});

async function comeBack(): Promise<RunReport> {
  at.panel.server.clearFaults();
  // The breaker of the panel's transport has closed by then.
  return (await pollLater(at)).report;
}

const portsUp = (): boolean => at.panel.port(toIds(1).port(1)).adminState === 'up';
const isActive = (): boolean => at.panel.order(toIds(2).order).status === 'active';

const show = (id: string): Promise<ServiceDetail> => at.sluice.services.show(id);
const openHolds = async (): Promise<HoldEntry[]> => (await at.sluice.holds.list({ open: true })).holds;

const figure = ({ metrics }: MetricsReport, name: string, labels: Record<string, string>): number | undefined =>
  metrics
    .find((family) => family.name === name)
    ?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value;

const noticesAbout = async (code: string): Promise<string[]> =>
  (await at.bench.store.notices.list({})).filter((notice) => notice.code === code).map(({ message }) => message);

/** What every reader is told of svc-1, whose hold has ended while its ports are still down. */
async function expectToBeReleased(): Promise<void> {
  expect(portsUp()).toBe(false);
  const held = { status: 'held', holds: [{ reason: 'quota', releasing: true }] };
  expect(await show('svc-1')).toMatchObject({ ...held, limits: [{ id: 'quota', held: true }] });
  const { sluice } = at.bench;
  const explained = await sluice.explain('svc-1');
  expect(explained).toMatchObject({ service: held });
  expect(explained.holds.map(({ reason, releasing }) => [reason, releasing])).toEqual([['quota', true]]);
  expect(await openHolds()).toMatchObject([{ service: 'svc-1', reason: 'quota', releasing: true }]);
  const overview = await sluice.overview();
  expect(overview.totals).toMatchObject({ held: 1, byReason: { quota: 1 }, byStatus: { held: 1 } });
  expect(overview.panels).toMatchObject([{ held: 1 }]);
  expect(overview.holds).toMatchObject([{ service: 'svc-1', reason: 'quota', releasing: true }]);
  const { services } = await sluice.overview({ status: 'held' });
  expect(services.items).toMatchObject([{ id: 'svc-1', status: 'held', holds: ['quota'], releasing: ['quota'] }]);
  const metrics = await sluice.metrics();
  expect(figure(metrics, 'sluice_holds', { panel: 'dcim', reason: 'quota' })).toBe(1);
  expect(figure(metrics, 'sluice_services', { panel: 'dcim', status: 'held' })).toBe(1);
  const polled = await at.poll();
  expect(polled.totals.held).toBe(1);
  expect(polled.services.find(({ id }) => id === 'svc-1')).toMatchObject({ holds: held.holds });
  expect(await noticesAbout('release')).toEqual([]);
}

async function expectReleased(status: string): Promise<void> {
  const { totals, notices } = await comeBack();
  expect(portsUp()).toBe(true);
  expect([totals.held, totals.released]).toEqual([0, 1]);
  expect(await show('svc-1')).toMatchObject({ status, holds: [] });
  expect(await openHolds()).toEqual([]);
  expect((await at.sluice.overview()).totals).toMatchObject({ held: 0, byReason: {} });
  expect(notices.filter(({ code }) => code === 'release')).toMatchObject([{ service: 'svc-1' }]);
  expect(await noticesAbout('release')).toHaveLength(1);
}

describe('a release while the panel is down', () => {
  it('is shown as to be released after a purchase, and as done once the panel answered', async () => {
    const bought = await at.sluice.purchases.create('svc-1', 'extra');
    expect(bought).toMatchObject({ purchase: { status: 'paid' }, stillHeld: ['quota'] });
    expect(bought.error).not.toBeNull();
    await expectToBeReleased();
    expect(await noticesAbout('release_pending')).toEqual([expect.stringContaining('svc-1 is to be released')]);
    await expectReleased('ok');
  });

  it('is said to be undone by no run under observe, which began while the panel answered slowly', async () => {
    at.panel.server.clearFaults();
    await during(
      at.panel.server,
      ({ changing }) => changing,
      () => at.sluice.purchases.create('svc-1', 'extra'),
      () => at.sluice.panels.observe('dcim'),
    );
    expect(await openHolds()).toMatchObject([{ service: 'svc-1', releasing: true }]);
    expect(await noticesAbout('release_pending')).toEqual([
      'svc-1 is to be released (quota: usage is below the allowance): its restriction is still on the panel, and no run undoes it, as svc-1 is under observe on panel dcim',
    ]);
  });

  it('is shown as to be released after an operator lifted the quota', async () => {
    const { run, stillHeld, service } = await at.sluice.holds.release('svc-1', { until: '2026-12-01' });
    expect([run.outcome, stillHeld]).toEqual(['partial', ['quota']]);
    expect(service).toMatchObject({ holds: [{ reason: 'quota', releasing: true }] });
    await expectToBeReleased();
    // More is used than the quota, which restricts nothing until that date.
    await expectReleased('over');
  });

  it('is no fault of the store', async () => {
    await at.sluice.purchases.create('svc-1', 'extra');
    const { checks } = await at.sluice.panels.doctor();
    expect(checks.filter(({ section, status }) => section === 'store' && status === 'failed')).toEqual([]);
    expect(checks.filter(({ code }) => code === 'hold_pending')).toMatchObject([
      { status: 'warning', object: 'svc-1' },
    ]);
  });
});

describe('a hold that begins while the panel is down', () => {
  it('is shown as to be restricted until the panel answered', async () => {
    const { sluice } = at.bench;
    const { service, run } = await sluice.holds.add('svc-2');
    const pending = { holds: [{ reason: 'manual', restricting: true }] };
    expect(run.outcome).toBe('partial');
    expect(service).toMatchObject(pending);
    expect(isActive()).toBe(true);
    expect(await show('svc-2')).toMatchObject(pending);
    expect((await openHolds()).filter(({ reason }) => reason === 'manual')).toMatchObject([{ restricting: true }]);
    const { services, holds } = await sluice.overview({ search: 'svc-2' });
    expect(services.items).toMatchObject([{ holds: ['manual'], restricting: ['manual'] }]);
    expect(holds.find(({ service: id }) => id === 'svc-2')).toMatchObject({ restricting: true });
    const polled = await at.poll();
    expect(polled.services.find(({ id }) => id === 'svc-2')).toMatchObject(pending);
    await comeBack();
    expect(isActive()).toBe(false);
    expect((await show('svc-2')).holds).toEqual([{ reason: 'manual', since: expect.any(String) }]);
    expect((await openHolds()).some(({ restricting }) => restricting === true)).toBe(false);
  });
});
