import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';
import type { CommandReport, RunReport } from '@sluice/engine';

/** A service of the panel and of the store, without a server id in the store unless one is given. */
interface Given {
  id: string;
  number: number;
  server: number;
  ports: number[];
  product?: string;
  order?: number;
  values?: string[];
}

const OPTIONS = `
  open: { panel: dcim, quota: { total: 100GB }, action: disable-ports, allowSharedPorts: true }
  ordered: { panel: dcim, quota: { total: 100GB }, action: suspend-order }
`;

const SHARED = ['--allow-duplicate-refs'];

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace(/\nproducts:/, `\nproducts:${OPTIONS}`));
});
afterEach(() => at.close());

async function add({ id, number, server, ports, product = 'ports', order, values = [] }: Given): Promise<void> {
  at.panel.addService({
    id: number,
    orderId: number + 400,
    serverId: server,
    user: 10,
    ports: ports.map((port) => ({ id: port, name: `eth${port}` })),
  });
  const words = ['service', 'add', id, 'panel=dcim', `product=${product}`, 'billing_cycle=monthly'];
  const refs = [`easydcim_service_id=${number}`, ...(order === undefined ? [] : [`easydcim_order_id=${order}`])];
  const added = await at.bench.sluice([...words, 'next_due_date=2026-12-15', ...refs, ...values]);
  if (added.exitCode !== 0) throw new Error(added.stderr);
}

/** Two services of one server that share port 7001; nobody has named the server. */
async function addSharing(product = 'ports'): Promise<void> {
  await add({ id: 'a', number: 501, server: 77, ports: [7001, 7002], product, order: 901 });
  await add({ id: 'b', number: 502, server: 77, ports: [7001], product, order: 902 });
}

function use(number: number, bytes: number): void {
  at.panel.addTraffic(number, { in: bytes, out: 0 });
  at.bench.clock.advance(HOUR);
}

const toState = (port: number): string => at.panel.port(port).adminState;
const findError = (report: RunReport, id: string): string | undefined =>
  report.services.find((service) => service.id === id)?.error?.code;

describe('a port that two services share without a known server', () => {
  beforeEach(async () => {
    await addSharing();
    use(501, 200 * GB);
  });

  it.each(['reconcile', 'poll'])('is not disabled by %s, and not by the poll after it', async (command) => {
    const first = await at.bench.sluice(`${command} --json`);
    expect(first.exitCode).toBe(3);
    expect(findError(first.json<RunReport>(), 'a')).toBe('shared_ports');
    const polled = await at.poll();
    expect(findError(polled.json<RunReport>(), 'a')).toBe('shared_ports');
    expect([7001, 7002].map(toState)).toEqual(['up', 'up']);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is not disabled by a manual hold of a service that has no order', async () => {
    await at.bench.sluice('service set a easydcim_order_id=');
    const held = await at.bench.sluice('hold add a --note abuse --json');
    expect(held.json<CommandReport>().service.error?.code).toBe('shared_ports');
    expect(held.exitCode).not.toBe(0);
    const suspended = await at.bench.sluice('provision suspend a --json');
    expect(suspended.json<CommandReport>().service.error?.code).toBe('shared_ports');
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
    const planned = await at.bench.sluice('plan --json');
    expect(findError(planned.json<RunReport>(), 'a')).toBe('shared_ports');
    const shown = await at.bench.sluice('poll --dry-run --json');
    expect(findError(shown.json<RunReport>(), 'a')).toBe('shared_ports');
  });

  it('is given back when it turns out to be shared after it was disabled', async () => {
    await at.bench.sluice('service set b status=terminated');
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
    await at.bench.sluice('service set b status=active');
    const polled = await at.bench.sluice('reconcile --json');
    expect(findError(polled.json<RunReport>(), 'a')).toBe('shared_ports');
    expect([7001, 7002].map(toState)).toEqual(['up', 'down']);
  });
});

describe('a service that may share ports and can not be read', () => {
  beforeEach(async () => {
    await addSharing();
    use(501, 200 * GB);
    at.panel.server.inject({ match: (call) => call.path.includes('/services/502/ports'), fault: { kind: 'cut' } });
  });

  it('keeps ports from being disabled, and says who and what helps', async () => {
    const polled = await at.poll();
    expect(polled.exitCode).toBe(3);
    const [service] = polled.json<RunReport>().services;
    expect(service?.error).toMatchObject({ code: 'shared_unknown' });
    expect(service?.error?.message).toMatch(/\bb\b.*easydcim_server_id/);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('does not keep the own order from being suspended', async () => {
    const suspended = await at.bench.sluice('provision suspend a');
    expect(suspended.exitCode).toBe(0);
    expect(at.panel.order(901).status).toBe('suspended');
  });

  it('does not matter where its known server is another one', async () => {
    await at.bench.sluice('service set a easydcim_server_id=77');
    await at.bench.sluice('service set b easydcim_server_id=78');
    const polled = await at.poll();
    expect(polled.exitCode).toBe(0);
    expect(toState(7001)).toBe('down');
  });

  it('does not matter once it is terminated', async () => {
    await at.bench.sluice('service set b status=terminated');
    expect((await at.poll()).exitCode).toBe(0);
    expect(toState(7001)).toBe('down');
  });

  it('does not matter where the panel says that it does not exist', async () => {
    at.panel.server.clearFaults();
    at.panel.deleteService(502);
    const polled = await at.poll();
    expect(findError(polled.json<RunReport>(), 'a')).toBeUndefined();
    expect(toState(7001)).toBe('down');
  });
});

describe('what is known of a service that shares a port', () => {
  beforeEach(async () => {
    await addSharing();
    await at.bench.sluice('reconcile');
    at.panel.server.inject({
      match: (call) => call.path.includes('/services/502/ports'),
      fault: { kind: 'status', status: 404, body: '<html>404</html>' },
    });
  });

  it('is not forgotten for a 404 on its ports', async () => {
    use(501, 200 * GB);
    const reconciled = await at.bench.sluice('reconcile --json');
    expect(findError(reconciled.json<RunReport>(), 'a')).toBe('shared_ports');
    at.panel.server.clearFaults();
    const polled = await at.poll();
    expect(findError(polled.json<RunReport>(), 'a')).toBe('shared_ports');
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is unknown again once its ids are others', async () => {
    use(501, 200 * GB);
    await at.bench.sluice('service set b easydcim_user=11');
    const polled = await at.poll();
    expect(['shared_unknown', 'shared_ports']).toContain(findError(polled.json<RunReport>(), 'a'));
    expect(at.panel.server.changingCalls()).toEqual([]);
  });
});

it('does not take a service for gone that only the user of the panel can not see', async () => {
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace('retries: 0', 'retries: 0, impersonate: 11'));
  at.panel.addUser({ id: 11, email: 'other@example.test', active: true });
  await add({ id: 'a', number: 501, server: 77, ports: [7001], values: ['easydcim_user=10'] });
  await add({ id: 'b', number: 502, server: 77, ports: [7001] });
  use(501, 200 * GB);
  const polled = await at.poll();
  expect(findError(polled.json<RunReport>(), 'a')).toBe('shared_unknown');
  expect(at.panel.server.changingCalls()).toEqual([]);
});

describe('a service that comes to a port that is disabled', () => {
  it.each(['poll', 'reconcile'])('gets it back by the next %s', async (command) => {
    await add({ id: 'a', number: 501, server: 77, ports: [7001, 7002], order: 901 });
    use(501, 200 * GB);
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
    await add({ id: 'b', number: 502, server: 77, ports: [7001], order: 902 });
    const run = await at.bench.sluice(`${command} --json`);
    expect(findError(run.json<RunReport>(), 'a')).toBe('shared_ports');
    expect([7001, 7002].map(toState)).toEqual(['up', 'down']);
  });
});

describe('an order that two services name', () => {
  beforeEach(async () => {
    // A panel that does not say whose order it is.
    Object.assign(at.panel.answers.orders, { style: 'flat', suspendedIn: 'order' });
    at.panel.answers.orders.rename = { service_id: 'x1', related_id: 'x2', server_id: 'x3' };
    await add({ id: 'a', number: 501, server: 77, ports: [7001], product: 'ordered', order: 901 });
    await add({ id: 'b', number: 502, server: 78, ports: [7002], product: 'ordered', order: 901, values: SHARED });
  });

  it('is not suspended for one of them', async () => {
    use(501, 200 * GB);
    const polled = await at.poll();
    expect(findError(polled.json<RunReport>(), 'a')).toBe('shared_order');
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('stays suspended as long as a hold of the other one needs it', async () => {
    use(501, 200 * GB);
    use(502, 200 * GB);
    await at.poll('--allow-mass');
    expect(at.panel.order(901).status).toBe('suspended');
    expect(at.panel.server.changingCalls()).toHaveLength(1);
    await at.bench.sluice('override set a --unlimited');
    expect((await at.poll()).exitCode).toBe(0);
    expect(at.panel.order(901).status).toBe('suspended');
    await at.poll();
    expect(at.panel.order(901).status).toBe('suspended');
    await at.bench.sluice('override set b --unlimited');
    await at.poll();
    expect(at.panel.order(901).status).toBe('active');
    expect(at.panel.server.changingCalls()).toHaveLength(at.panel.events.length);
  });
});

describe('ports that may be shared', () => {
  beforeEach(() => addSharing('open'));

  async function holdBoth(): Promise<void> {
    use(501, 200 * GB);
    await at.poll();
    use(502, 200 * GB);
    const polled = await at.poll();
    expect(polled.exitCode).toBe(0);
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
  }

  it('stay disabled for the hold that still needs them', async () => {
    await holdBoth();
    await at.bench.sluice('override set a --unlimited');
    const polled = await at.poll();
    expect(polled.exitCode).toBe(0);
    expect([7001, 7002].map(toState)).toEqual(['down', 'up']);
    expect(polled.json<RunReport>().services.find(({ id }) => id === 'b')?.status).toBe('held');
    expect(polled.json<RunReport>().notices.map((notice) => notice.code)).toContain('still_restricted');
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['down', 'up']);
    await at.bench.sluice('override set b --unlimited');
    await at.poll();
    expect(toState(7001)).toBe('up');
  });

  it('are all given back when both holds end in one run, or by hold release --all', async () => {
    await holdBoth();
    await at.bench.sluice('override set a --unlimited');
    await at.bench.sluice('override set b --unlimited');
    await at.poll();
    expect([7001, 7002].map(toState)).toEqual(['up', 'up']);
    await at.bench.sluice('override clear a');
    await at.bench.sluice('override clear b');
    await at.poll('--allow-mass');
    expect([7001, 7002].map(toState)).toEqual(['down', 'down']);
    expect((await at.bench.sluice('hold release --all --yes')).exitCode).toBe(0);
    expect([7001, 7002].map(toState)).toEqual(['up', 'up']);
  });
});
