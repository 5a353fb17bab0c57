import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { addSharer, hideOwners, type Sharer, startSharing } from './sharers.js';
import type { RunReport } from '@sluice/engine';

const at = useBench(startSharing);

const add = (sharer: Sharer): Promise<void> => addSharer(at, sharer);

/** Two services of one server that share port 7001; nobody has named the server. */
async function addSharing(product = 'ports'): Promise<void> {
  await add({ id: 'a', number: 501, server: 77, ports: [7001, 7002], product, order: 901 });
  await add({ id: 'b', number: 502, server: 77, ports: [7001], product, order: 902 });
}

const toState = (port: number): string => at.panel.port(port).adminState;
const findError = (report: RunReport, id: string): string | undefined =>
  report.services.find((service) => service.id === id)?.error?.code;

describe('a port that two services share without a known server', () => {
  beforeEach(async () => {
    await addSharing();
    at.use(1, 200);
  });

  it.each(['reconcile', 'poll'] as const)('is not disabled by %s, and not by the poll after it', async (command) => {
    const first = await at.bench.sluice[command]();
    expect(first.run.outcome).toBe('partial');
    expect(findError(first, 'a')).toBe('shared_ports');
    const polled = await at.poll();
    expect(findError(polled, 'a')).toBe('shared_ports');
    expect([7001, 7002].map(toState)).toEqual(['up', 'up']);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is not disabled by a manual hold of a service that has no order', async () => {
    await at.bench.sluice.services.set('a', { easydcim_order_id: '' });
    const held = await at.bench.sluice.holds.add('a', { note: 'abuse' });
    expect(held.service.error?.code).toBe('shared_ports');
    expect(held.run.outcome).not.toBe('done');
    const suspended = await at.bench.sluice.provision.suspend('a');
    expect(suspended.service.error?.code).toBe('shared_ports');
    expect(toState(7001)).toBe('up');
  });

  it('is looked at once: later polls ask for the ports of the held service alone', async () => {
    await at.poll();
    at.panel.server.clearCalls();
    await at.poll();
    const portLists = at.panel.server.calls.filter((call) => call.path.includes('/ports'));
    expect(new Set(portLists.map((call) => call.path.split('?')[0]))).toEqual(
      new Set(['/api/v3/client/services/501/ports']),
    );
  });

  it('is found in a dry run too', async () => {
    const planned = await at.bench.sluice.plan();
    expect(findError(planned, 'a')).toBe('shared_ports');
    const shown = await at.bench.sluice.poll({ dryRun: true });
    expect(findError(shown, 'a')).toBe('shared_ports');
  });

  it('is given back when it turns out to be shared after it was disabled', async () => {
    await at.bench.sluice.services.set('b', { status: 'terminated' });
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
    await at.bench.sluice.services.set('b', { status: 'active' });
    const polled = await at.bench.sluice.reconcile();
    expect(findError(polled, 'a')).toBe('shared_ports');
    expect([7001, 7002].map(toState)).toEqual(['up', 'down']);
  });
});

describe('a service that may share ports and can not be read', () => {
  beforeEach(async () => {
    await addSharing();
    at.use(1, 200);
    at.panel.server.inject({ match: (call) => call.path.includes('/services/502/ports'), fault: { kind: 'cut' } });
  });

  it('keeps ports from being disabled, and says who and what helps', async () => {
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('partial');
    const [service] = polled.services;
    expect(service?.error).toMatchObject({ code: 'shared_unknown' });
    expect(service?.error?.message).toMatch(/\bb\b.*easydcim_server_id/);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('does not keep the own order from being suspended', async () => {
    const suspended = await at.bench.sluice.provision.suspend('a');
    expect(suspended.run.outcome).toBe('done');
    expect(at.panel.order(901).status).toBe('suspended');
  });

  it('does not matter where its known server is another one', async () => {
    await at.bench.sluice.services.set('a', { easydcim_server_id: '77' });
    await at.bench.sluice.services.set('b', { easydcim_server_id: '78' });
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('done');
    expect(toState(7001)).toBe('down');
  });

  it('does not matter once it is terminated', async () => {
    await at.bench.sluice.services.set('b', { status: 'terminated' });
    expect((await at.poll()).run.outcome).toBe('done');
    expect(toState(7001)).toBe('down');
  });

  it('does not matter where the panel says that it does not exist', async () => {
    at.panel.server.clearFaults();
    at.panel.deleteService(502);
    const polled = await at.poll();
    expect(findError(polled, 'a')).toBeUndefined();
    expect(toState(7001)).toBe('down');
  });
});

describe('what is known of a service that shares a port', () => {
  beforeEach(async () => {
    await addSharing();
    await at.bench.sluice.reconcile();
    at.panel.server.inject({
      match: (call) => call.path.includes('/services/502/ports'),
      fault: { kind: 'status', status: 404, body: '<html>404</html>' },
    });
  });

  it('is not forgotten for a 404 on its ports', async () => {
    at.use(1, 200);
    const reconciled = await at.bench.sluice.reconcile();
    expect(findError(reconciled, 'a')).toBe('shared_ports');
    at.panel.server.clearFaults();
    const polled = await at.poll();
    expect(findError(polled, 'a')).toBe('shared_ports');
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is unknown again once its ids are others', async () => {
    at.use(1, 200);
    await at.bench.sluice.services.set('b', { easydcim_user: '11' });
    const polled = await at.poll();
    expect(['shared_unknown', 'shared_ports']).toContain(findError(polled, 'a'));
    expect(at.panel.server.changingCalls()).toEqual([]);
  });
});

it('does not take a service for gone that only the user of the panel can not see', async () => {
  await at.bench.edit('retries: 0', 'retries: 0, impersonate: 11');
  at.panel.addUser({ id: 11, email: 'other@example.test', active: true });
  await add({ id: 'a', number: 501, server: 77, ports: [7001], values: { easydcim_user: '10' } });
  await add({ id: 'b', number: 502, server: 77, ports: [7001] });
  at.use(1, 200);
  const polled = await at.poll();
  expect(findError(polled, 'a')).toBe('shared_unknown');
  expect(at.panel.server.changingCalls()).toEqual([]);
});

describe('a service that comes to a port that is disabled', () => {
  it.each(['poll', 'reconcile'] as const)('gets it back by the next %s', async (command) => {
    await add({ id: 'a', number: 501, server: 77, ports: [7001, 7002], order: 901 });
    at.use(1, 200);
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
    await add({ id: 'b', number: 502, server: 77, ports: [7001], order: 902 });
    const run = await at.bench.sluice[command]();
    expect(findError(run, 'a')).toBe('shared_ports');
    expect([7001, 7002].map(toState)).toEqual(['up', 'down']);
  });
});

describe('an order that two services name', () => {
  beforeEach(async () => {
    hideOwners(at);
    await add({ id: 'a', number: 501, server: 77, ports: [7001], product: 'ordered', order: 901 });
    await add({ id: 'b', number: 502, server: 78, ports: [7002], product: 'ordered', order: 901 });
  });

  it('is not suspended for one of them', async () => {
    at.use(1, 200);
    const polled = await at.poll();
    expect(findError(polled, 'a')).toBe('shared_order');
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('stays suspended as long as a hold of the other one needs it', async () => {
    at.use(1, 200);
    at.use(2, 200);
    await at.poll({ allowMass: true });
    expect(at.panel.order(901).status).toBe('suspended');
    expect(at.panel.server.changingCalls()).toHaveLength(1);
    await at.bench.sluice.overrides.set('a', { unlimited: true });
    expect((await at.poll()).run.outcome).toBe('done');
    expect(at.panel.order(901).status).toBe('suspended');
    await at.poll();
    expect(at.panel.order(901).status).toBe('suspended');
    await at.bench.sluice.overrides.set('b', { unlimited: true });
    await at.poll();
    expect(at.panel.order(901).status).toBe('active');
    expect(at.panel.server.changingCalls()).toHaveLength(at.panel.events.length);
  });
});

describe('ports that may be shared', () => {
  beforeEach(() => addSharing('open'));

  async function holdBoth(): Promise<void> {
    at.use(1, 200);
    await at.poll();
    at.use(2, 200);
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('done');
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
  }

  it('stay disabled for the hold that still needs them', async () => {
    await holdBoth();
    await at.bench.sluice.overrides.set('a', { unlimited: true });
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('done');
    expect([7001, 7002].map(toState)).toEqual(['down', 'up']);
    expect(polled.services.find(({ id }) => id === 'b')?.status).toBe('held');
    expect(polled.notices.map((notice) => notice.code)).toContain('still_restricted');
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['down', 'up']);
    await at.bench.sluice.overrides.set('b', { unlimited: true });
    await at.poll();
    expect(toState(7001)).toBe('up');
  });

  it('are all given back when both holds end in one run, or by a release of all', async () => {
    await holdBoth();
    await at.bench.sluice.overrides.set('a', { unlimited: true });
    await at.bench.sluice.overrides.set('b', { unlimited: true });
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['up', 'up']);
    await at.bench.sluice.overrides.clear('a');
    await at.bench.sluice.overrides.clear('b');
    await at.poll({ allowMass: true });
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
    expect((await at.bench.sluice.holds.releaseAll()).run.outcome).toBe('done');
    expect([7001, 7002].map(toState)).toEqual(['up', 'up']);
  });
});
