import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const { port } = toIds(1);
const UPLINK = 88;

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
});

interface Row {
  id: number;
  item_id: number;
}

/** The panel lists these rows besides those of the service. */
function listAlso(more: (row: Row) => object[]): void {
  replaceBy((row) => [row, ...more(row)]);
}

/** The panel lists these rows instead of those of the service. */
function replaceBy(toRows: (row: Row) => object[]): void {
  const change = (json: unknown): unknown => {
    const rows = (json as { data: Row[] }).data.flatMap(toRows);
    return { data: rows, total: rows.length };
  };
  const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/services/{id}/ports');
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
}

async function poll(options?: RunOptions): Promise<string> {
  return (await at.pollAfter(HOUR, options)).run.outcome;
}

const changing = (): string[] => at.panel.server.changingCalls().map(({ path }) => path.replace(/.*ports\//, ''));

describe('a list of ports', () => {
  it('may have a port twice', async () => {
    listAlso((row) => [row]);
    expect(await poll()).toBe('done');
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect(await poll()).toBe('done');
    expect(changing()).toEqual([`${port(1)}/disable`, `${port(1)}/enable`]);
  });

  it('may have the uplink of a switch, which is never switched and shared by nobody', async () => {
    at.panel.addService({
      ...{ id: 900, orderId: 990, serverId: 77, user: 90 },
      ports: [{ id: UPLINK, name: 'Te1/1' }],
    });
    await at.addService(2, { ports: [{ id: toIds(2).port(1), name: 'eth0' }] });
    listAlso(() => [{ id: UPLINK, name: 'Te1/1', admin_state: 'up', oper_state: 'up', item_id: 77 }]);
    expect(await poll({ allowMass: true })).toBe('done');
    expect(changing()).toEqual([`${port(1)}/disable`]);
    expect(at.panel.port(UPLINK).adminState).toBe('up');
  });

  it('switches no port of several devices while the order that names the own one can not be read', async () => {
    await at.bench.sluice.services.set('svc-1', { easydcim_server_id: '' });
    at.panel.addService({ id: 900, orderId: 990, serverId: 77, user: 90, ports: [{ id: UPLINK, name: 'eth5' }] });
    listAlso((row) => [{ ...row, id: UPLINK, name: 'eth5', item_id: 77 }]);
    const match = ({ path }: { path: string }): boolean => path.includes('/admin/orders/');
    const mend = at.panel.server.inject({ match, fault: { kind: 'status', status: 500 } });
    await poll();
    expect(changing()).toEqual([]);
    mend();
    expect(await poll()).toBe('done');
    expect(changing()).toEqual([`${port(1)}/disable`]);
  });

  it('switches no uplink while the order that names the device of a management port can not be read', async () => {
    await at.bench.sluice.services.set('svc-1', { easydcim_server_id: '' });
    at.panel.addService({ id: 900, orderId: 990, serverId: 77, user: 90, ports: [{ id: UPLINK, name: 'Te1/1' }] });
    replaceBy((row) => [
      { ...row, name: 'iDRAC' },
      { ...row, id: UPLINK, name: 'Te1/1', item_id: 77 },
    ]);
    const match = ({ path }: { path: string }): boolean => path.includes('/admin/orders/');
    at.panel.server.inject({ match, fault: { kind: 'status', status: 500 } });
    await poll();
    expect([changing(), at.panel.port(UPLINK).adminState]).toEqual([[], 'up']);
  });

  it('may leave out the device of a port, which the port itself names', async () => {
    at.panel.answers.ports.style = 'stateless';
    at.panel.addService({ id: 900, orderId: 990, serverId: 77, user: 90, ports: [{ id: UPLINK, name: 'eth5' }] });
    listAlso(() => [{ id: UPLINK, name: 'eth5' }]);
    expect(await poll()).toBe('done');
    expect(changing()).toEqual([`${port(1)}/disable`]);
  });
});

describe('a port that was disabled for a hold and must not be switched any more', () => {
  const OTHER = toIds(3).port(1);
  const states = (): string[] => [port(1), OTHER].map((id) => at.panel.port(id).adminState);
  const targets = async (): Promise<string[]> => (await at.bench.store.evidence.open()).map(({ target }) => target);

  beforeEach(async () => {
    await at.addService(3, {
      ports: [
        { id: OTHER, name: 'oob0' },
        { id: toIds(3).port(2), name: 'eth0' },
      ],
    });
    at.panel.addTraffic(503, { in: 200 * GB, out: 0 });
    expect(await poll({ allowMass: true })).toBe('done');
    expect([states(), (await targets()).length]).toEqual([['down', 'down'], 3]);
  });

  async function expectGivenBack(): Promise<void> {
    at.panel.server.clearCalls();
    expect(await poll()).toBe('done');
    expect([changing(), states()]).toEqual([[`${OTHER}/enable`], ['down', 'up']]);
    expect((await targets()).sort()).toEqual([String(port(1)), String(toIds(3).port(2))]);
    expect(await poll()).toBe('done');
    expect(changing()).toHaveLength(1);
  }

  it('is enabled once it is a management port', async () => {
    await at.bench.edit('token: ', 'managementPorts: "^oob", token: ');
    await expectGivenBack();
  });

  it('is enabled once it belongs to another device', async () => {
    moveToDevice(OTHER, 399);
    await expectGivenBack();
  });

  it('is kept as it is where staff have enabled it', async () => {
    moveToDevice(OTHER, 399);
    at.panel.staffEnablePort(OTHER);
    at.panel.server.clearCalls();
    expect(await poll()).toBe('done');
    expect([changing(), await targets()]).toEqual([[], expect.not.arrayContaining([String(OTHER)])]);
  });

  it('is left to the hold of the service that has it now', async () => {
    await at.addService(4, { serverId: 399, ports: [{ id: toIds(4).port(1), name: 'eth0' }] });
    at.panel.addTraffic(504, { in: 200 * GB, out: 0 });
    listAlsoOf(504, { id: OTHER, name: 'oob0', admin_state: 'down', oper_state: 'down', item_id: 399 });
    moveToDevice(OTHER, 399);
    await poll({ allowMass: true });
    await poll({ allowMass: true });
    expect(states()).toEqual(['down', 'down']);
    await at.bench.sluice.overrides.set('svc-4', { unlimited: true });
    await poll({ allowMass: true });
    expect(states()).toEqual(['down', 'up']);
  });
});

/** The panel names another device for a port, in lists and in the port's own record. */
function moveToDevice(id: number, device: number): void {
  const move = (row: Row): Row => (row.id === id ? { ...row, item_id: device } : row);
  const change = (json: unknown): unknown => {
    const { data, ...rest } = json as { data: Row | Row[] };
    return { ...rest, data: Array.isArray(data) ? data.map(move) : move(data) };
  };
  const match = ({ endpoint }: { endpoint: string }): boolean => /^GET .*\/ports(\/\{id\})?$/.test(endpoint);
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
}

/** The panel lists this port, too, for one service. */
function listAlsoOf(service: number, port: object): void {
  const match = ({ path }: { path: string }): boolean => path.endsWith(`/services/${service}/ports`);
  const change = (json: unknown): unknown => ({ data: [...(json as { data: Row[] }).data, port] });
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
}
