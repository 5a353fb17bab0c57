import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import type { FakeCall } from '@sluice/fake-panels';
import { GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';

const { port, order } = toIds(1);
const PORTS = [
  { id: port(1), name: 'eth0' },
  { id: port(2), name: 'eth1', adminState: 'down' as const },
];

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  await at.addService(1, { product: 'both', ports: PORTS });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  await poll();
  expect((await at.bench.sluice('service set svc-1 status=terminated')).exitCode).toBe(0);
});
afterEach(() => at.close());

async function poll(words = 'poll'): Promise<{ exitCode: number; report: RunReport }> {
  at.bench.clock.advance(HOUR);
  const { exitCode, json } = await at.bench.sluice(`${words} --json`);
  return { exitCode, report: json<RunReport>() };
}

const toState = (): string[] => [port(1), port(2)].map((id) => at.panel.port(id).adminState);
const open = (): Promise<number[]> =>
  at.bench.store(async (store) => [(await store.evidence.open()).length, (await store.holds.open()).length]);

/** Gives the server to another customer; on the panel the former service is gone. */
async function giveToAnother(): Promise<void> {
  at.panel.deleteService(501);
  await at.addService(2, { serverId: 301, ports: PORTS });
}

const STAYS = { ports: ['down', 'down'], open: [2, 1] };

describe('the restrictions of a service that was terminated while it was held', () => {
  it('stay while nobody else has its objects, and are released by a command', async () => {
    expect((await poll()).exitCode).toBe(0);
    expect((await poll('reconcile')).exitCode).toBe(0);
    expect({ ports: toState(), open: await open() }).toEqual(STAYS);
    const released = await at.bench.sluice('hold release svc-1 --json');
    expect([released.exitCode, released.json<CommandReport>().actions.length]).toEqual([0, 2]);
    expect([toState(), at.panel.order(order).status, await open()]).toEqual([['up', 'down'], 'active', [0, 0]]);
    const again = await at.bench.sluice('hold release svc-1 --json');
    expect(again.json<{ error: { code: string } }>().error.code).toBe('wrong_lifecycle');
  });

  it('end where its server was given to another customer', async () => {
    await giveToAnother();
    const { exitCode, report } = await poll();
    expect(exitCode).toBe(0);
    expect(report.notices.map(({ code }) => code)).toContain('ended_released');
    expect([toState(), await open()]).toEqual([
      ['up', 'down'],
      [0, 0],
    ]);
    expect((await poll('reconcile')).report.totals.actions).toBe(0);
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
      await at.bench.store(async (store) => {
        const service = await store.services.get('svc-5');
        await store.services.put([{ ...service!, status }]);
      });
      await at.addService(6, { serverId: 305, ports: held.slice(1) });
      const { report } = await poll();
      expect(report.notices.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/svc-5 has ended.*: 1 of its restrictions ends?$/),
      );
      for (const words of ['reconcile', 'poll']) await poll(words);
      expect(shown()).toEqual(['down', 'up']);
      const left = await at.bench.store(async (store) => [
        (await store.evidence.open({ services: ['svc-5'] })).map(({ target }) => target),
        (await store.holds.open({ services: ['svc-5'] })).length,
      ]);
      expect(left).toEqual([[String(held[0]!.id)], 1]);
    },
  );

  it('end where the panel has the service no longer', async () => {
    at.panel.deleteService(501);
    at.panel.deletePort(port(1));
    expect((await poll('reconcile')).exitCode).toBe(0);
    expect(await open()).toEqual([0, 0]);
  });

  it('stay in a preview and under observe', async () => {
    await giveToAnother();
    const before = at.panel.server.changingCalls().length;
    await poll('plan');
    await at.bench.sluice('observe dcim');
    await poll();
    expect([toState(), await open()]).toEqual([
      ['down', 'down'],
      [2, 1],
    ]);
    expect(at.panel.server.changingCalls().length).toBe(before);
  });
});

describe('the restrictions of a held service that vanished from the billing system', () => {
  beforeEach(async () => {
    await at.bench.store(async (store) => {
      const service = await store.services.get('svc-1');
      await store.services.put([{ ...service!, status: 'vanished' }]);
    });
  });

  it.each(['poll', 'reconcile'])('end at the next %s where its server was given to another customer', async (words) => {
    await giveToAnother();
    const { exitCode, report } = await poll(words);
    expect(exitCode).toBe(0);
    expect(report.notices.map(({ code }) => code)).toContain('ended_released');
    expect([toState(), await open()]).toEqual([
      ['up', 'down'],
      [0, 0],
    ]);
    expect((await poll('reconcile')).report.totals.actions).toBe(0);
  });

  it('stay where only the panel lists the service no longer', async () => {
    at.panel.deleteService(501);
    at.panel.deletePort(port(1));
    await poll('reconcile');
    expect(await open()).toEqual([2, 1]);
  });

  it('stay where the service that names its server has ended, too', async () => {
    await giveToAnother();
    expect((await at.bench.sluice('service set svc-2 status=terminated')).exitCode).toBe(0);
    await poll();
    await poll('reconcile');
    expect({ ports: toState(), open: await open() }).toEqual(STAYS);
  });
});

describe('a change in doubt of a service that has ended', () => {
  const unresolved = (): Promise<string[]> =>
    at.bench.store(async (store) => (await store.actions.unresolved()).map(({ type, target }) => `${type} ${target}`));
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

  it.each([
    ['vanished', 'before'],
    ['vanished', 'after'],
    ['terminated', 'before'],
    ['terminated', 'after'],
  ] as const)(
    'is resolved by reading where the service is %s (lost %s the work), and ends with it',
    async (status, when) => {
      await suspendInDoubt(when);
      await at.bench.store(async (store) => {
        const service = await store.services.get('svc-3');
        await store.services.put([{ ...service!, status }]);
      });
      const another = ['service add svc-4 panel=dcim product=order billing_cycle=monthly next_due_date=2026-12-15'];
      const refs = `easydcim_service_id=503 easydcim_order_id=${ordered} easydcim_server_id=303`;
      expect((await at.bench.sluice(`${another.join(' ')} ${refs}`)).exitCode).toBe(0);
      // The new owner has used nothing that counts for him.
      expect((await at.bench.sluice('override set svc-4 --unlimited')).exitCode).toBe(0);
      for (const words of ['poll', 'reconcile', 'poll']) await poll(words);
      expect([await unresolved(), at.panel.order(ordered).status]).toEqual([[], 'active']);
    },
  );

  it('is not waited for where the panel has the service no longer', async () => {
    await suspendInDoubt('before');
    expect((await at.bench.sluice('service set svc-3 status=terminated')).exitCode).toBe(0);
    at.panel.deleteService(503);
    for (const words of ['poll', 'reconcile']) expect((await poll(words)).exitCode).toBe(0);
    expect(await unresolved()).toEqual([]);
  });
});
