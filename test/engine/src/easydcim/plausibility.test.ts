import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

const changing = (): string[] => at.panel.server.changingCalls().map((call) => `${call.method} ${call.path}`);

describe('answers that change their shape', () => {
  it('are unreadable once the shape was confirmed, and nobody is held or released by them', async () => {
    for (const number of [1, 2]) await at.addService(number);
    at.use(1, 200);
    await at.poll();
    const doctor = await at.bench.sluice.panels.doctor({ contract: true });
    expect(doctor.checks).toContainEqual(expect.objectContaining({ name: 'bandwidth', status: 'ok' }));
    at.panel.server.clearCalls();
    at.panel.answers.bandwidth.keys = { in: 'rx', out: 'tx', total: null };
    at.bench.clock.set('2026-12-15T05:00:00Z');
    const polled = await at.poll();
    expect(polled.services.map((service) => [service.status, service.error?.code])).toEqual([
      ['unreadable', 'shape_changed'],
      ['unreadable', 'shape_changed'],
    ]);
    expect(changing()).toEqual([]);
  });

  it('from in to out are found when one direction falls while the other rises', async () => {
    await at.addService(1, { product: 'inbound' });
    at.panel.addTraffic(501, { in: 5 * GB, out: 150 * GB });
    await at.pollAfter(HOUR);
    at.panel.answers.bandwidth.swapped = true;
    const polled = await at.pollAfter(HOUR);
    expect(polled.services[0]).toMatchObject({
      status: 'unreadable',
      error: { code: 'directions_changed' },
    });
    expect(changing()).toEqual([]);
  });

  it('from bytes to megabytes free nobody', async () => {
    for (const number of [1, 2, 3, 4])
      await at.addService(number, number === 4 ? { values: { next_due_date: '2026-11-22' } } : {});
    for (const number of [1, 2, 3, 4])
      at.panel.addTraffic(500 + number, { in: (number === 4 ? 200 : 50) * GB, out: 0 });
    await at.pollAfter(HOUR);
    at.panel.server.clearCalls();
    at.panel.answers.bandwidth.unit = 'MB';
    at.bench.clock.set('2026-11-22T01:00:00Z');
    const polled = await at.poll();
    const fourth = polled.services[3];
    expect(fourth).toMatchObject({ holds: [{ reason: 'quota' }], error: { code: 'readings_fell' } });
    expect(changing()).toEqual([]);
  });

  it('to more than the ports can carry are impossible', async () => {
    await at.addService(1);
    at.panel.addTraffic(501, { in: GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.bench.sluice.reconcile();
    at.panel.answers.bandwidth.factor = 1024 ** 2;
    const polled = await at.pollAfter(HOUR);
    expect(polled.services[0]).toMatchObject({
      status: 'unreadable',
      error: { code: 'impossible_rate' },
    });
    expect(changing()).toEqual([]);
  });
});

describe('doctor with the contract', () => {
  it('logs who accepts the form of answers, once for each form', async () => {
    await at.addService(1);
    const { sluice } = at.bench;
    const accepted = async () => {
      const { entries } = await sluice.log.list({ kinds: ['run'], limit: 50 });
      return entries.filter((entry) => 'command' in entry && entry.command === 'doctor --contract');
    };
    await sluice.panels.doctor({ actor: 'alice' });
    expect(await accepted()).toEqual([]);
    for (const actor of ['alice', 'bob']) await sluice.panels.doctor({ contract: true, actor });
    const first = { actor: 'alice', scope: 'panel dcim', outcome: 'done' };
    expect(await accepted()).toEqual([expect.objectContaining(first)]);
    at.panel.answers.bandwidth.keys = { in: 'rx', out: 'tx', total: null };
    at.bench.clock.advance(HOUR);
    await sluice.panels.doctor({ contract: true, actor: 'bob' });
    expect(await accepted()).toHaveLength(2);
    expect(await accepted()).toContainEqual(expect.objectContaining({ ...first, actor: 'bob' }));
  });

  it('names the holes of every mapping and asks nothing that changes', async () => {
    await at.addService(1);
    await at.addService(2);
    await at.bench.sluice.services.set('svc-2', { easydcim_order_id: '901' }, { allowDuplicateRefs: true });
    await at.addService(3);
    await at.bench.sluice.services.set('svc-3', { easydcim_order_id: '' });
    at.panel.addTraffic(501, { in: 9 * GB, out: GB, at: at.bench.clock.now() - 9 * 24 * HOUR });
    at.panel.addTraffic(501, { in: 9 * GB, out: GB });
    at.bench.clock.advance(HOUR);
    const { ok, checks } = await at.bench.sluice.panels.doctor({ contract: true });
    const mapping = checks.filter((check) => check.name === 'mapping');
    expect(mapping.map((check) => [check.object, check.status])).toEqual([
      ['svc-1', 'ok'],
      ['svc-2', 'failed'],
      ['svc-2', 'failed'],
      ['svc-3', 'warning'],
    ]);
    expect(checks.find((check) => check.name === 'windows')).toMatchObject({ status: 'ok' });
    expect(ok).toBe(false);
    expect(changing()).toEqual([]);
  });

  it('finds a panel that ignores our dates', async () => {
    await at.addService(1);
    at.panel.addTraffic(501, { in: 9 * GB, out: GB });
    at.panel.answers.bandwidth.datesIgnored = true;
    at.bench.clock.advance(HOUR);
    const { checks } = await at.bench.sluice.panels.doctor({ contract: true });
    expect(checks.find((check) => check.name === 'windows')).toMatchObject({ status: 'failed' });
  });
});
