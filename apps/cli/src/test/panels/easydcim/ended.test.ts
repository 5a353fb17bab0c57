import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
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
