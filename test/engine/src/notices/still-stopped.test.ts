import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';

const PORTS = [{ id: 7011, name: 'eth0' }];
const STILL_STOPPED =
  'A restriction of service svc-1 has ended, but the service, or a part of it, is still stopped. Please ask your provider.';

const channel = keepMessages();
const [at, open] = useOpened((more: string) => startEasyDcimBench(more, { channels: [channel.kind] }));

const toTexts = (): string[] => channel.sent.splice(0).map(({ text }) => text);
const isStopped = async (): Promise<boolean> => (await at.sluice.services.show('svc-1')).stoppedByPanel !== undefined;

/** The hold of svc-1 ends. */
async function release(): Promise<string[]> {
  toTexts();
  await at.sluice.overrides.set('svc-1', { quota: '500GB' });
  await at.pollAfter(HOUR);
  return toTexts();
}

/** Opens with svc-1 and svc-2, of two clients, which share a port. */
async function openSharers(): Promise<void> {
  await open(TO_CLIENTS);
  const product = 'ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports';
  await at.bench.edit(`${product} }`, `${product}, allowSharedPorts: true }`);
  await at.addService(1, { product: 'ports', values: { client: '42' }, ports: PORTS });
  await at.addService(2, { product: 'ports', values: { client: '43' }, ports: PORTS, serverId: 301 });
}

it('tells a client of a service that staff stopped besides that it is still stopped', async () => {
  await open(TO_CLIENTS);
  await at.addService(1, { product: 'ports', values: { client: '42' }, ports: PORTS });
  at.use(1, 120);
  await at.poll();
  at.panel.staffSuspendOrder(901, 'abuse');
  expect([await release(), at.panel.port(7011).adminState]).toEqual([[STILL_STOPPED], 'up']);
  expect(await isStopped()).toBe(true);
});

it('tells a client of ports that the hold of another service keeps disabled that they still are', async () => {
  await openSharers();
  at.use(1, 120);
  at.use(2, 120);
  await at.poll({ allowMass: true });
  expect([await release(), at.panel.port(7011).adminState]).toEqual([[STILL_STOPPED], 'down']);
  expect(await isStopped()).toBe(true);
  // The poll that ends the other hold gives the port back to both.
  await at.sluice.overrides.set('svc-2', { quota: '500GB' });
  const { notices } = await at.pollAfter(HOUR);
  expect(notices.map(({ code, service }) => [code, service])).toEqual([['release', 'svc-2']]);
  expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['up', false]);
  expect(toTexts()).toEqual(['Service svc-2 is no longer restricted.']);
});

it('is known at once of a service without a hold whose port is disabled for another one, and of its end', async () => {
  await openSharers();
  at.use(2, 120);
  await at.poll({ allowMass: true });
  expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['down', true]);
  const { services } = await at.sluice.overview();
  expect(services.items.find(({ id }) => id === 'svc-1')).toMatchObject({ stoppedByPanel: true });
  await at.sluice.holds.release('svc-2', { until: '2026-12-15' });
  expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['up', false]);
});

it('tells a client of a service that runs again that it does', async () => {
  await open(TO_CLIENTS);
  await at.addService(1, { product: 'ports', values: { client: '42' }, ports: PORTS });
  at.use(1, 120);
  await at.poll();
  expect([await release(), await isStopped()]).toEqual([['Service svc-1 is no longer restricted.'], false]);
});

describe('two services with holds that share a port, which was disabled for the second one', () => {
  beforeEach(async () => {
    await open(TO_CLIENTS);
    const product = 'both: { panel: dcim, quota: { total: 100GB }, action: both';
    await at.bench.edit(`${product} }`, `${product}, allowSharedPorts: true }`);
    await at.addService(1, { product: 'both', values: { client: '42' }, ports: PORTS });
    await at.addService(2, { product: 'both', values: { client: '43' }, ports: PORTS, serverId: 301 });
    at.use(2, 120);
    await at.poll({ allowMass: true });
    at.use(1, 120);
    await at.poll({ allowMass: true });
    const evidence = (await at.bench.store.evidence.open()).map(({ service, target }) => `${service} ${target}`);
    expect(evidence.toSorted()).toEqual(['svc-1 901', 'svc-2 7011', 'svc-2 902']);
  });

  /** Both holds end; returns what clients and operators are told of svc-1. */
  async function releaseBoth(): Promise<{ told: string[]; codes: string[] }> {
    toTexts();
    for (const id of ['svc-1', 'svc-2']) await at.sluice.overrides.set(id, { quota: '500GB' });
    const { notices } = await at.pollAfter(HOUR, { allowMass: true });
    const ofFirst = notices.filter(({ service }) => service === 'svc-1');
    return { told: toTexts().filter((text) => text.includes('svc-1')), codes: ofFirst.map(({ code }) => code) };
  }

  it('run again after one run, as both clients are told', async () => {
    const released = await releaseBoth();
    expect([at.panel.port(7011).adminState, at.panel.order(901).status]).toEqual(['up', 'active']);
    expect(released).toEqual({ told: ['Service svc-1 is no longer restricted.'], codes: ['release'] });
    expect(await isStopped()).toBe(false);
  });

  it('are still stopped where the port could not be enabled', async () => {
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/enable');
    at.panel.server.inject({ match, times: 1, fault: { kind: 'status', status: 500 } });
    expect(await releaseBoth()).toEqual({ told: [STILL_STOPPED], codes: ['stopped_by_panel', 'release'] });
    expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['down', true]);
    // Under observe nothing is enabled.
    await at.sluice.panels.observe('dcim');
    at.bench.clock.advance(HOUR);
    await at.sluice.reconcile();
    expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['down', true]);
    await at.sluice.panels.enforce('dcim');
    at.bench.clock.advance(HOUR);
    expect((await at.sluice.reconcile()).notices.map(({ code, service }) => [code, service])).toEqual([
      ['release', 'svc-2'],
    ]);
    expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['up', false]);
  });

  it('are still stopped where the panel answers nothing from that change on', async () => {
    const fault = { kind: 'status', status: 503 } as const;
    at.panel.server.onCall(({ endpoint }) => {
      if (endpoint.endsWith('/enable')) at.panel.server.inject({ match: () => true, fault });
    });
    at.panel.server.inject({ match: ({ endpoint }) => endpoint.endsWith('/enable'), fault });
    expect(await releaseBoth()).toEqual({ told: [STILL_STOPPED], codes: ['stopped_by_panel', 'release'] });
    expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['down', true]);
  });
});

it('shows no observed service as stopped by a hold that the same run ended elsewhere', async () => {
  await open(TO_CLIENTS);
  for (const [name, action, enforce] of [
    ['ports', 'disable-ports', ', enforce: observe'],
    ['both', 'both', ''],
  ] as const) {
    const product = `${name}: { panel: dcim, quota: { total: 100GB }, action: ${action}`;
    await at.bench.edit(`${product} }`, `${product}, allowSharedPorts: true${enforce} }`);
  }
  await at.addService(1, { product: 'ports', values: { client: '42' }, ports: PORTS });
  await at.addService(2, { product: 'both', values: { client: '43' }, ports: PORTS, serverId: 301 });
  at.use(2, 120);
  await at.poll({ allowMass: true });
  at.bench.clock.advance(HOUR);
  await at.sluice.reconcile();
  expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['down', true]);
  await at.sluice.overrides.set('svc-2', { quota: '500GB' });
  await at.pollAfter(HOUR, { allowMass: true });
  expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['up', false]);
});

it('names no service as stopped by the panel whose port the run gives back for one that has ended', async () => {
  await open('');
  const two = [...PORTS, { id: 7012, name: 'eth1' }];
  await at.addService(1, { product: 'ports', ports: two });
  at.use(1, 200);
  await at.poll({ allowMass: true });
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  await at.addService(2, { product: 'ports', ports: PORTS, serverId: 301 });
  at.bench.clock.advance(HOUR);
  const { notices } = await at.sluice.reconcile({ allowMass: true });
  expect([at.panel.port(7011).adminState, at.panel.port(7012).adminState]).toEqual(['up', 'down']);
  expect(notices.map(({ code, service }) => [code, service])).toEqual([['ended_released', 'svc-1']]);
  expect((await at.sluice.services.show('svc-2')).stoppedByPanel).toBe(undefined);
});

it.each(['poll', 'reconcile'] as const)(
  'is known of a sharer that the run has planned itself, whose port a %s disables for another one',
  async (command) => {
    await openSharers();
    await at.poll();
    at.use(2, 120);
    at.bench.clock.advance(HOUR);
    await at.sluice[command]({ allowMass: true });
    expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['down', true]);
    at.panel.staffSuspendOrder(901, 'abuse');
    await at.sluice.holds.releaseAll({ panel: 'dcim' });
    expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['up', true]);
  },
);
