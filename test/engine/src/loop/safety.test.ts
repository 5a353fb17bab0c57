import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { easyDcimConfig, toIds, startEasyDcimBench, type EasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import type { RunReport } from '@sluice/engine';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(() => at.close());

const changing = (): string[] => at.panel.server.changingCalls().map((call) => `${call.method} ${call.path}`);
const statuses = (report: RunReport): Record<string, string> =>
  Object.fromEntries(report.services.map((service) => [service.id, service.status]));

describe('a panel that answers garbage for some services', () => {
  it('changes nothing for those, finishes the others, and says which and why', async () => {
    for (const number of [1, 2, 3, 4]) await at.addService(number);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.use(2, 200);
    await at.poll();
    const before = at.panel.snapshot();
    at.panel.server.clearCalls();
    at.panel.spoilBandwidth(501, '<html>Sign in</html>');
    at.panel.spoilBandwidth(503, { in: '12.5 GB', out: '1 GB', total: '13.5 GB' });
    at.bench.clock.set('2026-12-15T02:00:00Z');
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('partial');
    const report = polled;
    expect(statuses(report)).toEqual({ 'svc-1': 'unreadable', 'svc-2': 'ok', 'svc-3': 'unreadable', 'svc-4': 'ok' });
    expect(report.services[0]).toMatchObject({
      usage: null,
      holds: [{ reason: 'quota' }],
      error: { code: 'PANEL_UNREADABLE' },
    });
    expect(report.services[2]?.error?.message).toMatch(/svc-3|\/bandwidth/);
    expect(report.totals).toMatchObject({ services: 4, read: 2, unreadable: 2, held: 1, released: 1 });
    const after = at.panel.snapshot();
    const { port } = toIds(1);
    expect(at.panel.port(port(1)).adminState).toBe('down');
    expect(after).not.toEqual(before);
    expect(
      changing().every(
        (call) => call.includes(`/ports/${toIds(2).port(1)}`) || call.includes(`/ports/${toIds(2).port(2)}`),
      ),
    ).toBe(true);
  });

  it('that fails for every service makes the run fail as a whole', async () => {
    await at.addService(1);
    at.panel.spoilBandwidth(501, {});
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('failed');
    expect(changing()).toEqual([]);
  });
});

describe('the mass-change brake of a small panel', () => {
  it('stops two new holds of three, but no single one and no release', async () => {
    for (let number = 1; number <= 3; number++) await at.addService(number);
    const use = (...numbers: number[]): void => {
      for (const number of numbers) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
      at.bench.clock.advance(HOUR);
    };
    use(1, 2);
    const stopped = await at.poll();
    expect([stopped.run.outcome, stopped.error?.details]).toEqual([
      'brake',
      { panel: 'dcim', changing: 2, active: 3, doubted: 0 },
    ]);
    expect(changing()).toEqual([]);
    expect((await at.poll({ allowMass: true })).run.outcome).toBe('done');
    use(3);
    expect((await at.poll()).run.outcome).toBe('done');
    for (let number = 1; number <= 3; number++) at.panel.resetTraffic(500 + number);
    at.bench.clock.set('2026-12-15T03:00:00Z');
    const freed = await at.poll();
    expect([freed.run.outcome, freed.totals.released]).toEqual(['done', 3]);

    await at.bench.edit('poll: {', 'poll: { brake: { atLeast: 4 },');
    use(1, 2, 3);
    expect((await at.poll()).run.outcome).toBe('done');
  });
});

describe('the mass-change brake', () => {
  const ALL = 12;

  beforeEach(async () => {
    for (let number = 1; number <= ALL; number++) await at.addService(number);
    at.bench.clock.advance(HOUR);
  });

  it('stops a run that would hold everybody, before the first change', async () => {
    for (let number = 1; number <= ALL; number++) at.panel.addTraffic(500 + number, { in: GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    at.bench.clock.advance(HOUR);
    at.panel.answers.bandwidth.factor = 1000;
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('brake');
    const report = polled;
    expect(report.error).toMatchObject({ code: 'mass_change' });
    expect(report.services.flatMap((service) => service.actions.map((action) => action.state))).toEqual(
      Array.from({ length: ALL * 2 }, () => 'planned'),
    );
    expect(changing()).toEqual([]);
    expect(await at.bench.sluice.holds.list()).toMatchObject({ holds: [], released: [] });
    at.panel.answers.bandwidth.factor = 1;
    const again = await at.poll();
    expect(again.run.outcome).toBe('done');
    expect(statuses(again)['svc-1']).toBe('ok');
  });

  it('stops a run that would free everybody because the panel answers zero; a mass change that is allowed goes through', async () => {
    for (let number = 1; number <= ALL; number++) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const held = await at.poll({ allowMass: true });
    expect(held.run.outcome).toBe('done');
    expect(held.totals).toMatchObject({ held: ALL, actions: ALL * 2 });
    at.panel.server.clearCalls();
    for (let number = 1; number <= ALL; number++) at.panel.resetTraffic(500 + number);
    at.bench.clock.set('2026-12-15T03:00:00Z');
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('brake');
    expect(changing()).toEqual([]);
    const planned = await at.bench.sluice.plan();
    expect(planned.run).toMatchObject({ outcome: 'done', changes: true });
    expect(planned.notices.map((notice) => notice.code)).toContain('mass_change');
    const allowed = await at.poll({ allowMass: true });
    expect(allowed.run.outcome).toBe('done');
    expect(allowed.totals).toMatchObject({ held: 0, released: ALL });
  });

  it.each([
    ['counts no release because a cycle has ended, where the panel shows traffic', 'done'],
    ['counts it where the panel answers zero for everybody', 'brake'],
  ])('%s', async (_what, outcome) => {
    for (let number = 1; number <= 6; number++) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll({ allowMass: true });
    at.bench.clock.set('2026-12-15T03:00:00Z');
    for (let number = 7; number <= ALL; number++) {
      if (outcome === 'done') at.panel.addTraffic(500 + number, { in: GB, out: 0 });
    }
    at.bench.clock.advance(HOUR);
    const polled = await at.poll();
    expect([polled.run.outcome, polled.totals.released]).toEqual([outcome, outcome === 'done' ? 6 : 0]);
  });

  it('does not count what only repeats a hold that is there', async () => {
    for (let number = 1; number <= ALL; number++) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll({ allowMass: true });
    for (let number = 1; number <= ALL; number++) at.panel.staffEnablePort(toIds(number).port(1));
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('done');
    expect(polled.totals.actions).toBe(ALL);
  });
});

describe('watching before acting', () => {
  it('makes no changing call, stores samples and would-be holds, and then does exactly what was announced', async () => {
    await at.bench.configure(easyDcimConfig(at.panel.url, 'enforce: observe'));
    for (const number of [1, 2, 3]) await at.addService(number, number === 3 ? { product: 'order' } : {});
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.use(3, 200);
    const watched = await at.poll();
    expect(watched.run.outcome).toBe('done');
    const announced = watched;
    expect(announced.run.observing).toEqual(['dcim']);
    expect(
      announced.services.map((service) => [service.id, service.observing, service.holds, service.wouldHold]),
    ).toEqual([
      ['svc-1', true, [], ['quota']],
      ['svc-2', true, [], []],
      ['svc-3', true, [], ['quota']],
    ]);
    at.bench.clock.advance(HOUR);
    await at.bench.sluice.reconcile();
    expect(changing()).toEqual([]);
    expect(await at.bench.store.holds.all()).toEqual([]);
    expect((await at.bench.store.samples.list({ service: 'svc-1' })).length).toBe(2);
    expect((await at.bench.store.decisions.latest(['svc-1']))[0]).toMatchObject({
      wouldHold: ['quota'],
      observing: true,
    });
    await at.bench.configure(easyDcimConfig(at.panel.url, 'enforce: on'));
    const done = await at.poll({ allowMass: true });
    const brief = (report: RunReport): string[] =>
      report.services.flatMap((service) =>
        service.actions.map((action) => `${service.id} ${action.type} ${action.target}`),
      );
    expect(brief(done)).toEqual(brief(announced));
    expect(done.services.flatMap((service) => service.actions.map((action) => action.state))).toEqual([
      'applied',
      'applied',
      'applied',
    ]);
  });
});

describe('explain', () => {
  it('is enough to recompute the decision by hand', async () => {
    await at.addService(1, { values: { base_quota_override_gb: '150' } });
    at.use(1, 160);
    await at.poll();
    const why = await at.bench.sluice.explain('svc-1');
    expect(why.allowance).toEqual({ parts: [{ source: 'service', bytes: 150 * GB }], allowedBytes: 150 * GB });
    const last = why.readings.at(-1);
    expect(last).toMatchObject({ inBytes: 160 * GB, outBytes: 0, totalBytes: 160 * GB });
    expect(why.decision).toMatchObject({
      rule: 'at-or-over-allowance',
      status: 'held',
      mode: 'TOTAL',
      action: 'disable-ports',
    });
    expect(why.decision?.inputs).toMatchObject({
      nextDueDate: '2026-12-15',
      billingCycle: 'monthly',
      overdue: 'meter',
    });
    expect(why.service.cycle).toEqual({ start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' });
    expect(why.holds[0]?.evidence.map((item) => item.target)).toEqual([
      String(toIds(1).port(1)),
      String(toIds(1).port(2)),
    ]);
    expect(why.actions.map((action) => action.state)).toEqual(['applied', 'applied']);
    const sum = why.allowance.parts.reduce((bytes, part) => bytes + (part.bytes ?? 0), 0);
    expect((last?.totalBytes ?? 0) >= sum).toBe(why.decision?.status === 'held');
  });

  it('tells the state at an earlier time', async () => {
    await at.addService(1);
    at.bench.clock.advance(HOUR);
    await at.poll();
    const then = new Date(at.bench.clock.now()).toISOString();
    at.use(1, 160);
    await at.poll();
    const why = await at.bench.sluice.explain('svc-1', { at: then });
    expect(why.decision).toMatchObject({ status: 'ok', rule: 'below-allowance' });
    expect(why.holds).toEqual([]);
  });

  it('tells the figures, quota and due date of an earlier time, not those of a decision before or of now', async () => {
    await at.addService(1);
    let then = '';
    for (const gigabytes of [10, 20, 30, 20]) {
      at.panel.addTraffic(501, { in: gigabytes * GB, out: 0 });
      at.bench.clock.advance(HOUR);
      await at.poll();
      if (gigabytes === 30) then = new Date(at.bench.clock.now() + 1000).toISOString();
    }
    await at.bench.sluice.overrides.set('svc-1', { quota: '7GB' });
    await at.bench.sluice.services.set('svc-1', { next_due_date: '2027-01-15' });
    const why = await at.bench.sluice.explain('svc-1', { at: then });
    expect(why.service).toMatchObject({
      status: 'ok',
      usage: { totalBytes: 60 * GB },
      counted: { usedBytes: 60 * GB, allowedBytes: 100 * GB },
      allowance: { remainingBytes: 40 * GB },
      overrides: null,
      quota: { bytes: 100 * GB },
      nextDueDate: '2026-12-15',
    });
    expect(why.service.usage?.readAt).toBe(why.readings.at(-1)?.at);
  });
});

describe('a second run at the same time', () => {
  it('is refused at once and changes nothing', async () => {
    await at.addService(1);
    at.panel.server.latencyMs = 50;
    const first = at.poll();
    await at.panel.server.waitForCall();
    await expect(at.poll()).rejects.toMatchObject({ kind: 'busy', code: 'lease_held' });
    expect((await first).run.outcome).toBe('done');
    expect((await at.poll()).run.outcome).toBe('done');
  });
});
