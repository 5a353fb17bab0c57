import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';

const { port, order } = toIds(1);
const OTHER = { serverId: 399, ports: [{ id: 7911, name: 'eth0' }] };

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(() => at.close());

const toState = (id: number): string => at.panel.port(id).adminState;
const toStatus = (id: number): string => at.panel.order(id).status;
const targets = async (): Promise<string[]> =>
  (await at.bench.store((store) => store.evidence.open())).map(({ kind, target }) => `${kind} ${target}`).sort();

async function poll(words = ''): Promise<{ exitCode: number; report: RunReport }> {
  at.bench.clock.advance(HOUR);
  const { exitCode, json } = await at.poll(words);
  return { exitCode, report: json<RunReport>() };
}

/** A service that is held, with one of its two ports shut by staff before. */
async function hold(product: string): Promise<void> {
  await at.addService(1, {
    product,
    ports: [
      { id: port(1), name: 'eth0' },
      { id: port(2), name: 'eth1', adminState: 'down' },
    ],
  });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  expect((await poll()).exitCode).toBe(0);
}

const told = ({ notices }: RunReport): string[] =>
  notices.filter(({ code }) => code === 'restriction_gone').map(({ message }) => message);

describe('a held service that the panel gives another server', () => {
  beforeEach(() => hold('ports'));

  it('has its old ports enabled and its new ones disabled', async () => {
    at.panel.moveService(501, OTHER);
    const { exitCode, report } = await poll();
    expect([exitCode, report.services[0]?.error]).toEqual([0, null]);
    expect([port(1), port(2), 7911].map(toState)).toEqual(['up', 'down', 'down']);
    expect(await targets()).toEqual(['port 7911']);
    expect((await poll()).report.totals.actions).toBe(0);
    await at.bench.sluice('override set svc-1 --unlimited');
    expect((await poll()).exitCode).toBe(0);
    expect([toState(port(2)), toState(7911), await targets()]).toEqual(['down', 'up', []]);
  });

  it('has its old ports enabled where its hold ends at the same time', async () => {
    at.panel.moveService(501, OTHER);
    await at.bench.sluice('override set svc-1 --unlimited');
    expect((await poll()).exitCode).toBe(0);
    expect([port(1), port(2), 7911].map(toState)).toEqual(['up', 'down', 'up']);
    expect(await targets()).toEqual([]);
  });

  it('keeps nothing of an old port that staff have enabled, or that no longer exists', async () => {
    at.panel.moveService(501, OTHER);
    at.panel.deletePort(port(1));
    const first = await poll();
    expect([first.exitCode, told(first.report)]).toEqual([0, [expect.stringContaining(`port ${port(1)}`)]]);
    expect(await targets()).toEqual(['port 7911']);
    expect(told((await poll()).report)).toEqual([]);
    at.panel.moveService(501, { serverId: 398, ports: [{ id: 7921, name: 'eth0' }] });
    at.panel.staffEnablePort(7911);
    at.panel.server.clearCalls();
    expect((await poll()).exitCode).toBe(0);
    expect(at.panel.server.changingCalls().map(({ path }) => path)).toEqual([expect.stringContaining('7921/disable')]);
    expect(await targets()).toEqual(['port 7921']);
  });

  it('keeps the evidence while an old port can not be read', async () => {
    at.panel.moveService(501, OTHER);
    const match = ({ path }: { path: string }): boolean => path.endsWith(`/ports/${port(1)}`);
    at.panel.server.inject({ match, fault: { kind: 'status', status: 500 } });
    const { exitCode, report } = await poll();
    expect([exitCode, report.services[0]?.error?.code]).toEqual([3, 'port_gone']);
    expect(await targets()).toEqual([`port ${port(1)}`, 'port 7911']);
    at.panel.server.clearFaults();
    expect((await poll()).exitCode).toBe(0);
    expect([toState(port(1)), await targets()]).toEqual(['up', ['port 7911']]);
  });

  it('passes an old port on to the hold of the service that has it now', async () => {
    at.panel.moveService(501, OTHER);
    await at.bench.sluice('service set svc-1 easydcim_server_id=399');
    await at.addService(2, { serverId: 301, ports: [{ id: port(1), name: 'eth0' }] });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    await poll('--allow-mass');
    expect((await poll()).exitCode).toBe(0);
    expect([port(1), 7911].map(toState)).toEqual(['down', 'down']);
    await at.bench.sluice('override set svc-2 --unlimited');
    expect((await poll()).exitCode).toBe(0);
    expect([port(1), 7911].map(toState)).toEqual(['up', 'down']);
  });

  it.each(['poll', 'plan'])('changes nothing where only the list lacks a port of its server (%s)', async (command) => {
    at.panel.server.inject({
      match: ({ endpoint }) => endpoint.endsWith('/services/{id}/ports'),
      fault: {
        kind: 'mutate',
        change: () => ({ data: [{ id: 7999, name: 'eth9', admin_state: 'up', item_id: 301 }] }),
      },
    });
    await at.bench.sluice(`${command} --json`);
    expect([toState(port(1)), await targets()]).toEqual(['down', expect.arrayContaining([`port ${port(1)}`])]);
  });
});

describe('a held service that gets other ids', () => {
  const IDS = 'easydcim_service_id=502 easydcim_order_id=902 easydcim_server_id=302';

  beforeEach(async () => {
    await hold('both');
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [{ id: port(3), name: 'eth0' }] });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    expect((await at.bench.sluice(`service set svc-1 ${IDS}`)).exitCode).toBe(0);
  });

  it('is released on the old object and held on the new one', async () => {
    const { exitCode, report } = await poll();
    expect([exitCode, report.services[0]?.error]).toEqual([0, null]);
    expect([toStatus(order), toState(port(1)), toState(port(2))]).toEqual(['active', 'up', 'down']);
    expect([toStatus(902), toState(port(3))]).toEqual(['suspended', 'down']);
    expect(await targets()).toEqual(['order 902', `port ${port(3)}`]);
    expect((await poll()).report.totals.actions).toBe(0);
  });

  it('is released on an order that it no longer names, as by a command', async () => {
    await at.bench.sluice('service set svc-1 easydcim_order_id=');
    await at.bench.sluice('override set svc-1 --unlimited');
    expect((await at.bench.sluice('provision renew svc-1')).exitCode).toBe(0);
    expect([toStatus(order), toStatus(902), toState(port(1))]).toEqual(['active', 'active', 'up']);
    expect(await targets()).toEqual([]);
  });

  it('loses the evidence of an old order that no longer exists', async () => {
    at.panel.deleteOrder(order);
    const { exitCode, report } = await poll();
    expect([exitCode, told(report)]).toEqual([0, [expect.stringContaining(`order ${order}`)]]);
    expect(await targets()).toEqual(['order 902', `port ${port(3)}`]);
    expect(toState(port(1))).toBe('up');
  });

  it('resolves what was in doubt on the old object', async () => {
    await at.bench.sluice('service set svc-1 easydcim_service_id=501 easydcim_order_id=901 easydcim_server_id=301');
    await at.bench.sluice('override set svc-1 --unlimited');
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/service/unsuspend');
    at.panel.server.inject({ match, times: 1, fault: { kind: 'cut' } });
    await poll();
    expect(toStatus(order)).toBe('suspended');
    await at.bench.sluice(`service set svc-1 ${IDS}`);
    expect((await poll()).exitCode).toBe(0);
    expect([toStatus(order), await targets()]).toEqual(['active', []]);
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });
});

describe('a held service that the panel has no longer', () => {
  it('is released on the ports that are left, and the order that is gone is dropped', async () => {
    await hold('both');
    at.panel.deleteOrder(order);
    await poll();
    expect([toState(port(1)), await targets()]).toEqual(['down', [`order ${order}`, `port ${port(1)}`]]);
    const released = await at.bench.sluice('hold release svc-1 --until 2026-12-01 --json');
    expect(told(released.json<RunReport>())).toEqual([expect.stringContaining(`order ${order}`)]);
    expect([toState(port(1)), toState(port(2)), await targets()]).toEqual(['up', 'down', []]);
  });
});
