import { describe, expect, it } from '@jest/globals';
import type { DidReport } from '@sluice/engine';
import { codeOf, HOUR } from '../bench/engine-bench.js';
import { startTelephonyBench, WIRES } from '../bench/telephony-bench.js';
import { useOpened } from '../bench/each-test.js';

const NUMBER = '1140001234';

const [at, open] = useOpened(startTelephonyBench);

describe.each(WIRES)('a number on the wire %s', (wire) => {
  it('is linked, changed, suspended and released by calls that can be repeated', async () => {
    await open({ wire });
    await at.addService();
    const { dids } = at.sluice;
    const statusAfter = async (change: Promise<DidReport>): Promise<unknown> => {
      const report = await change;
      expect(report).toMatchObject({ run: { outcome: 'done' }, service: 'svc-1' });
      return report.dids.map(({ status }) => status);
    };
    const planned = await dids.suspend(NUMBER, { dryRun: true });
    expect(planned.run).toMatchObject({ outcome: 'done', changes: true });
    expect(await statusAfter(dids.suspend(NUMBER))).toEqual(['suspended']);
    expect(await statusAfter(dids.suspend(NUMBER))).toEqual(['suspended']);
    expect(await statusAfter(dids.unsuspend(NUMBER))).toEqual(['active']);
    expect(await statusAfter(dids.set(NUMBER, { subscriber: null }))).toEqual(['available']);
    expect(await dids.set(NUMBER, { subscriber: null })).toMatchObject({
      ...{ service: null, actions: [], run: { outcome: 'done', changes: false } },
    });
    expect(await statusAfter(dids.link(NUMBER, { service: 'svc-1' }))).toEqual(['active']);
    expect(await statusAfter(dids.link(NUMBER, { service: 'svc-1' }))).toEqual(['active']);
    expect((await dids.release(NUMBER)).run.outcome).toBe('done');
    expect(await codeOf(dids.suspend(NUMBER))).not.toBeNull();
    expect(await codeOf(dids.set(NUMBER, { values: { channel: '2' } }))).not.toBeNull();
  });

  it('has an owner since it was linked, and until it was given up or its service passed on', async () => {
    await open({ wire });
    await at.addService();
    const [released = '', linked = '', passed = '', ended = ''] = [1, 2, 3, 4].map((hours) =>
      new Date(at.bench.clock.now() + hours * HOUR).toISOString(),
    );
    at.setTime(released);
    await at.sluice.dids.set(NUMBER, { subscriber: null });
    at.setTime(linked);
    await at.sluice.dids.link(NUMBER, { service: 'svc-1' });
    at.setTime(passed);
    expect(await at.sluice.services.set('svc-1', { client: '8' })).toMatchObject({ client: '8' });
    at.setTime(ended);
    await at.sluice.dids.release(NUMBER);
    const { owners } = await at.sluice.calls.records({ did: NUMBER, from: '2026-01-01', onCall: () => undefined });
    const toMinute = (time: string | null): string | null => time?.slice(0, 16) ?? null;
    expect(owners?.map(({ service, client, from, to }) => [service, client, toMinute(from), toMinute(to)])).toEqual([
      ['svc-1', '42', null, toMinute(released)],
      ['svc-1', '42', toMinute(linked), toMinute(passed)],
      ['svc-1', '8', toMinute(passed), toMinute(ended)],
    ]);
  });

  it('has no owner while its service names another line', async () => {
    await open({ wire });
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await at.addService();
    const [linked = '', left = '', back = ''] = [1, 2, 3].map((hours) =>
      new Date(at.bench.clock.now() + hours * HOUR).toISOString(),
    );
    const owners = async () => {
      const found = await at.sluice.calls.records({ did: NUMBER, from: '2026-01-01', onCall: () => undefined });
      return found.owners?.map(({ service, from, to }) => [service, from?.slice(0, 16), to?.slice(0, 16) ?? null]);
    };
    at.setTime(linked);
    await at.sluice.dids.set(NUMBER, { subscriber: null });
    await at.sluice.dids.link(NUMBER, { service: 'svc-1' });
    const [before] = (await owners()) ?? [];
    at.setTime(left);
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002' });
    const own = ['svc-1', linked.slice(0, 16), left.slice(0, 16)];
    expect(await owners()).toEqual([before, own]);
    at.setTime(back);
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9001' });
    at.bench.clock.advance(HOUR);
    expect(await owners()).toEqual([before, own, ['svc-1', back.slice(0, 16), null]]);
  });
});
