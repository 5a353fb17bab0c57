import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

const { port } = toIds(1);
const service = (report: RunReport): RunReport['services'][number] | undefined => report.services[0];

/** Lets an hour with that much traffic pass and polls. */
async function pollAfter(bytes: number): Promise<RunReport> {
  at.panel.addTraffic(501, { in: bytes, out: 0 });
  return at.pollAfter(HOUR);
}

describe('what is kept of a usage answer', () => {
  it('is the figures alone: no secret and nothing large beside them', async () => {
    await at.addService(1);
    const secret = 'value-of-nobody';
    const beside = {
      debug: { authorization: `Bearer ${secret}` },
      user_password: secret,
      padding: 'x'.repeat(300_000),
    };
    at.panel.spoilBandwidth(501, { in: 10, out: 20, total: 30, ...beside });
    const polled = await at.pollAfter(HOUR);
    expect(polled.run.outcome).toBe('done');
    const explained = await at.bench.sluice.explain('svc-1');
    expect(explained.readings.map(({ raw }) => raw)).toEqual([{ in: 10, out: 20, total: 30 }]);
    const samples = await at.bench.store.samples.list({ service: 'svc-1' });
    expect(samples.map(({ raw }) => raw)).toEqual(['{"in":10,"out":20,"total":30}']);
    expect(JSON.stringify([polled, explained])).not.toContain(secret);
  });
});

describe('a port that is described as a management port', () => {
  it('is never switched', async () => {
    await at.addService(1, {
      ports: [
        { id: port(1), name: 'Gi1/0/47' },
        { id: port(2), name: 'Gi1/0/48', description: 'iLO of srv12' },
      ],
    });
    const report = await pollAfter(200 * GB);
    expect(service(report)?.actions).toEqual([
      { type: 'disable-port', target: String(port(1)), name: expect.any(String) as unknown, state: 'applied' },
    ]);
    expect([at.panel.port(port(1)).adminState, at.panel.port(port(2)).adminState]).toEqual(['down', 'up']);
  });
});

describe('the speed of a line', () => {
  const READABLE = { status: 'held', error: null, holds: [{ reason: 'quota' }] };

  it.each([10_000_000, null])('is not what ports show that are shut: %s', async (shown) => {
    at.panel.behaviour.speedWhenDown = shown;
    await at.addService(1);
    await at.bench.sluice.reconcile();
    expect(service(await pollAfter(200 * GB))).toMatchObject(READABLE);
    // The ports are shut now, and looked at again.
    expect(service(await pollAfter(0))).toMatchObject(READABLE);
    expect(service(await pollAfter(300 * GB))).toMatchObject(READABLE);
    expect(service(await pollAfter(300 * GB))).toMatchObject(READABLE);
    at.panel.answers.bandwidth.factor = 2000;
    expect(service(await pollAfter(0))?.error).toMatchObject({ code: 'impossible_rate' });
  });

  it('is unknown while one port was never seen up', async () => {
    at.panel.behaviour.speedWhenDown = 10_000_000;
    await at.addService(1, {
      product: 'free',
      ports: [
        { id: port(1), name: 'eth0', speed: 10_000_000 },
        { id: port(2), name: 'eth1', adminState: 'down' },
      ],
    });
    await at.bench.sluice.reconcile();
    expect(service(await pollAfter(3000 * GB))).toMatchObject({ status: 'ok', error: null });
    at.panel.staffEnablePort(port(2));
    await at.bench.sluice.reconcile();
    at.panel.answers.bandwidth.factor = 2000;
    expect(service(await pollAfter(0))?.error).toMatchObject({ code: 'impossible_rate' });
  });

  it('stays what it was while a port runs slower', async () => {
    at.panel.behaviour.speedWhenDown = 10_000_000;
    await at.addService(1, { product: 'free' });
    await at.bench.sluice.reconcile();
    at.panel.setWiring(port(1), { link: false });
    at.panel.setWiring(port(2), { link: false });
    await at.bench.sluice.reconcile();
    at.bench.clock.advance(5 * HOUR);
    expect(service(await pollAfter(4_000 * GB))).toMatchObject({ status: 'ok', error: null });
  });
});
