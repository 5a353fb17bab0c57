import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';
import { pollLater, addServices, useEach } from './polls.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startEasyDcimBench);

const ALL = 24;
const USED_UP = 12;
const SENTENCE = /No run over panel dcim changed anything since .*: the last run would have changed 12 of 24 services/;

/** Adds all services, of which some have used up their allowance; returns the numbers of these. */
async function addUsed(): Promise<number[]> {
  const used = (await addServices(at, ALL)).slice(0, USED_UP);
  useEach(at, used, 195);
  return used;
}

async function brake(): Promise<RunReport> {
  await addUsed();
  const stopped = await at.poll();
  expect(stopped.run.outcome).toBe('brake');
  return stopped;
}

describe('while the brake stopped the last run of a panel', () => {
  it('the run, its services and the store say what would be, and nothing is held', async () => {
    const stopped = await brake();
    const planned = await at.sluice.plan();
    for (const { totals, services } of [stopped, planned]) {
      expect(totals).toMatchObject({ held: 0, released: 0, wouldHold: USED_UP, wouldRelease: 0 });
      expect(totals).toMatchObject({ actions: 0, planned: USED_UP * 2 });
      const [first] = services;
      expect(first).toMatchObject({ status: 'over', holds: [], wouldHold: ['quota'] });
      expect(first?.limits).toMatchObject([{ id: 'quota', held: false }]);
    }
    const { services } = await at.sluice.services.list({ status: 'over' });
    expect(services.map(({ holds, wouldHold }) => [holds, wouldHold])).toEqual(
      Array.from({ length: USED_UP }, () => [[], ['quota']]),
    );
    const due = await at.sluice.services.list({ status: 'would-be-held' });
    expect(due.services.map(({ id }) => id)).toEqual(services.map(({ id }) => id));
    expect(await at.sluice.holds.list()).toEqual({ holds: [], released: [] });
  });

  it('every document that shows the panel says since when and how many', async () => {
    await brake();
    expect((await at.sluice.explain('svc-1')).brake).toMatchObject({ changing: 12, active: 24, runs: 1 });
    const { checks } = await at.sluice.panels.doctor();
    expect(checks).toContainEqual(expect.objectContaining({ message: expect.stringMatching(SENTENCE) as unknown }));
    expect(await at.sluice.panels.list()).toMatchObject({
      panels: [{ brake: { subjects: 'services', changing: 12 } }],
    });
    expect(await gauge('sluice_brake')).toEqual([1]);
    const statuses = (await at.sluice.metrics()).metrics.find(({ name }) => name === 'sluice_services');
    const found = statuses?.samples.map(({ labels, value }) => `${labels['status'] ?? ''} ${value}`).sort();
    expect(found).toEqual(['doubted 0', 'held 0', 'ok 12', 'over 12']);
  });

  it('ends with the run that is not stopped, and not in an outage or with a run over one service', async () => {
    await brake();
    const since = (await at.sluice.explain('svc-1')).brake?.since;
    at.bench.clock.advance(HOUR);
    await at.sluice.poll({ service: 'svc-1' });
    await at.sluice.plan({ allowMass: true });
    at.panel.server.inject({ endpoint: /./, times: 500, fault: { kind: 'status', status: 503 } });
    await at.poll();
    expect((await at.sluice.explain('svc-2')).brake).toMatchObject({ since, runs: 1 });
    at.panel.server.clearFaults();
    await pollLater(at);
    expect((await at.sluice.explain('svc-2')).brake).toMatchObject({ since, runs: 2 });
    const allowed = await at.poll({ allowMass: true });
    expect(allowed.totals).toMatchObject({ held: USED_UP, wouldHold: 0, planned: 0 });
    expect((await at.sluice.explain('svc-2')).brake).toBeNull();
    expect(await gauge('sluice_brake')).toEqual([0]);
  });

  it('ends where the panel is observed, and the services stay over', async () => {
    await brake();
    await at.sluice.panels.observe('dcim');
    const { totals, services } = await at.poll();
    expect([totals.held, totals.wouldHold, services[0]?.status, services[0]?.holds]).toEqual([0, USED_UP, 'over', []]);
    expect((await at.sluice.explain('svc-1')).brake).toBeNull();
  });

  it('is not said while the config has the panel under observe, before a run has found that', async () => {
    await brake();
    const readAll = async (): Promise<unknown[]> => [
      ...(await at.sluice.overview()).brakes,
      ...(await at.sluice.standing()).brakes,
      ...(await at.sluice.panels.list()).panels.flatMap(({ brake: state }) => state ?? []),
      ...(await at.sluice.panels.doctor()).checks.filter(({ name }) => name === 'brake'),
      ...((await gauge('sluice_brake')) ?? []).filter((value) => value > 0),
    ];
    expect(await readAll()).toHaveLength(5);
    await at.bench.configure(`enforce: observe\n${at.bench.text}`);
    expect(await readAll()).toEqual([]);
    await at.bench.edit('enforce: observe\n', '');
    expect(await readAll()).toHaveLength(5);
  });

  it('a mass release is one that would be: the services are held', async () => {
    const used = await addUsed();
    await at.poll({ allowMass: true });
    for (const number of used) at.panel.resetTraffic(500 + number);
    at.bench.clock.set('2026-12-15T03:00:00Z');
    const { totals, services } = await at.poll();
    expect(totals).toMatchObject({ held: USED_UP, wouldRelease: USED_UP, wouldHold: 0, released: 0, actions: 0 });
    expect(services[0]).toMatchObject({ status: 'held', wouldRelease: ['quota'], holds: [{ reason: 'quota' }] });
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
  });
});

async function gauge(name: string): Promise<number[] | undefined> {
  const { metrics } = await at.sluice.metrics();
  return metrics.find((metric) => metric.name === name)?.samples.map(({ value }) => value);
}
