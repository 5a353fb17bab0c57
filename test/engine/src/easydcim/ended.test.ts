import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import type { FakeCall } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const { port, order } = toIds(1);
const PORTS = [
  { id: port(1), name: 'eth0' },
  { id: port(2), name: 'eth1', adminState: 'down' as const },
];

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { product: 'both', ports: PORTS });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  await poll();
  await at.bench.sluice.services.set('svc-1', { status: 'terminated' });
});

async function poll(command: 'poll' | 'reconcile' | 'plan' = 'poll'): Promise<RunReport> {
  at.bench.clock.advance(HOUR);
  return at.bench.sluice[command]();
}

const toState = (): string[] => [port(1), port(2)].map((id) => at.panel.port(id).adminState);
const open = async (): Promise<number[]> => [
  (await at.bench.store.evidence.open()).length,
  (await at.bench.store.holds.open()).length,
];

/** Gives the server to another customer; on the panel the former service is gone. */
async function giveToAnother(): Promise<void> {
  at.panel.deleteService(501);
  await at.addService(2, { serverId: 301, ports: PORTS });
}

/** Stores a status as a sync with the billing system does. */
async function setStatus(id: string, status: 'terminated' | 'vanished'): Promise<void> {
  const service = await at.bench.store.services.get(id);
  await at.bench.store.services.put([{ ...service!, status }]);
}

const STAYS = { ports: ['down', 'down'], open: [2, 1] };

describe('the restrictions of a service that was terminated while it was held', () => {
  it('stay while nobody else has its objects, and are released by a command', async () => {
    expect((await poll()).run.outcome).toBe('done');
    expect((await poll('reconcile')).run.outcome).toBe('done');
    expect({ ports: toState(), open: await open() }).toEqual(STAYS);
    const released = await at.bench.sluice.holds.release('svc-1');
    expect([released.run.outcome, released.actions.length]).toEqual(['done', 2]);
    expect([toState(), at.panel.order(order).status, await open()]).toEqual([['up', 'down'], 'active', [0, 0]]);
    const again = at.bench.sluice.holds.release('svc-1');
    await expect(again).rejects.toMatchObject({ code: 'wrong_lifecycle' });
  });

  it.each(
    few(
      [
        ['terminated', 'poll'],
        ['vanished', 'poll'],
        ['vanished', 'reconcile'],
      ] as const,
      2,
    ),
  )('end where its server was given to another customer (%s, %s)', async (status, command) => {
    await setStatus('svc-1', status);
    await giveToAnother();
    const report = await poll(command);
    expect(report.run.outcome).toBe('done');
    expect(report.notices.map(({ code }) => code)).toContain('ended_released');
    expect({ ports: toState(), open: await open() }).toEqual({ ports: ['up', 'down'], open: [0, 0] });
    expect((await poll('reconcile')).totals.actions).toBe(0);
  });

  it.each(['terminated', 'vanished'] as const)(
    'end only on the port of several that another customer has (%s)',
    async (status) => {
      const held = [1, 2].map((number) => ({ id: toIds(5).port(number), name: `eth${number}` }));
      const shown = (): string[] => held.map(({ id }) => at.panel.port(id).adminState);
      await at.addService(5, { ports: held });
      at.panel.addTraffic(505, { in: 200 * GB, out: 0 });
      await poll();
      expect(shown()).toEqual(['down', 'down']);
      await setStatus('svc-5', status);
      await at.addService(6, { serverId: 305, ports: held.slice(1) });
      const report = await poll();
      expect(report.notices.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/svc-5 has ended.*: 1 of its restrictions ends?$/),
      );
      for (const words of ['reconcile', 'poll'] as const) await poll(words);
      expect(shown()).toEqual(['down', 'up']);
      const left = [
        (await at.bench.store.evidence.open({ services: ['svc-5'] })).map(({ target }) => target),
        (await at.bench.store.holds.open({ services: ['svc-5'] })).length,
      ];
      expect(left).toEqual([[String(held[0]!.id)], 1]);
    },
  );

  it('end where the panel has the service no longer', async () => {
    at.panel.deleteService(501);
    at.panel.deletePort(port(1));
    expect((await poll('reconcile')).run.outcome).toBe('done');
    expect(await open()).toEqual([0, 0]);
  });

  it('stay in a preview and under observe', async () => {
    await giveToAnother();
    const before = at.panel.server.changingCalls().length;
    await poll('plan');
    await at.bench.sluice.panels.observe('dcim');
    await poll();
    expect({ ports: toState(), open: await open() }).toEqual(STAYS);
    expect(at.panel.server.changingCalls().length).toBe(before);
  });
});

describe('the restrictions of a held service that vanished from the billing system', () => {
  beforeEach(async () => {
    await setStatus('svc-1', 'vanished');
  });

  it('stay where only the panel lists the service no longer', async () => {
    at.panel.deleteService(501);
    at.panel.deletePort(port(1));
    await poll('reconcile');
    expect(await open()).toEqual([2, 1]);
  });

  it('stay where the service that names its server has ended, too', async () => {
    await giveToAnother();
    await at.bench.sluice.services.set('svc-2', { status: 'terminated' });
    await poll();
    await poll('reconcile');
    expect({ ports: toState(), open: await open() }).toEqual(STAYS);
  });
});

describe('a change in doubt of a service that has ended', () => {
  const unresolved = async (): Promise<string[]> =>
    (await at.bench.store.actions.unresolved()).map(({ type, target }) => `${type} ${target}`);
  const { order: ordered } = toIds(3);

  /** The panel suspends the order (`after`) or not, and answers nothing more while the command runs. */
  async function suspendInDoubt(when: 'before' | 'after'): Promise<void> {
    await at.addService(3, { product: 'order' });
    at.panel.addTraffic(503, { in: 200 * GB, out: 0 });
    const match = (call: FakeCall): boolean => call.changing;
    const fault = { kind: 'status', status: 503 } as const;
    const stop = at.panel.server.onCall((call) => {
      if (call.changing) at.panel.server.inject({ fault, match: ({ changing }) => !changing });
    });
    at.panel.server.inject({ match, times: 1, when, fault: { kind: 'cut' } });
    await poll();
    stop();
    at.panel.server.clearFaults();
    expect(await unresolved()).toEqual([`suspend-order ${ordered}`]);
  }

  it.each(
    few(
      [
        ['vanished', 'before'],
        ['vanished', 'after'],
        ['terminated', 'before'],
        ['terminated', 'after'],
      ] as const,
      2,
    ),
  )('is resolved by reading where the service is %s (lost %s the work), and ends with it', async (status, when) => {
    await suspendInDoubt(when);
    await setStatus('svc-3', status);
    const refs = { easydcim_service_id: '503', easydcim_order_id: String(ordered), easydcim_server_id: '303' };
    const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await at.bench.sluice.services.add('svc-4', { panel: 'dcim', product: 'order', ...due, ...refs });
    // The new owner has used nothing that counts for him.
    await at.bench.sluice.overrides.set('svc-4', { unlimited: true });
    for (const words of ['poll', 'reconcile', 'poll'] as const) await poll(words);
    expect([await unresolved(), at.panel.order(ordered).status]).toEqual([[], 'active']);
  });

  it('is not waited for where the panel has the service no longer', async () => {
    await suspendInDoubt('before');
    await at.bench.sluice.services.set('svc-3', { status: 'terminated' });
    at.panel.deleteService(503);
    for (const words of ['poll', 'reconcile'] as const) expect((await poll(words)).run.outcome).toBe('done');
    expect(await unresolved()).toEqual([]);
  });
});
