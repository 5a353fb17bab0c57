import { beforeEach, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import type { RunReport } from '@sluice/engine';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { handleOn } from '../bench/sqlite.js';
import { pollLater, addServices, useEach } from './polls.js';
import { useBench } from '../bench/each-test.js';
import { onFiles } from '../bench/on-files.js';

const at = useBench(startEasyDcimBench);

const changing = (): string[] => at.panel.server.changingCalls().map((call) => `${call.method} ${call.path}`);
const statuses = (report: RunReport): Record<string, string> =>
  Object.fromEntries(report.services.map((service) => [service.id, service.status]));

describe('a panel that answers garbage for some services', () => {
  it('changes nothing for those, finishes the others, and says which and why', async () => {
    await addServices(at, 4);
    useEach(at, [1, 2], 200);
    await at.poll();
    const before = at.panel.snapshot();
    at.panel.server.clearCalls();
    at.panel.spoilBandwidth(501, '<html>Sign in</html>');
    at.panel.spoilBandwidth(503, { in: '12.5 GB', out: '1 GB', total: '13.5 GB' });
    at.bench.clock.set('2026-12-15T02:00:00Z');
    const report = await at.poll();
    expect(report.run.outcome).toBe('partial');
    expect(statuses(report)).toEqual({ 'svc-1': 'unreadable', 'svc-2': 'ok', 'svc-3': 'unreadable', 'svc-4': 'ok' });
    expect(report.services[0]).toMatchObject({
      usage: null,
      holds: [{ reason: 'quota' }],
      error: { code: 'PANEL_UNREADABLE' },
    });
    expect(report.services[2]?.error?.message).toMatch(/svc-3|\/bandwidth/);
    expect(report.totals).toMatchObject({ services: 4, read: 2, unreadable: 2, held: 1, released: 1 });
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
    expect(at.panel.snapshot()).not.toEqual(before);
    expect(changing().filter((call) => !/\/ports\/702[12]\b/.test(call))).toEqual([]);
  });
});

onFiles('a poll of a panel that is down writes no cycles', async () => {
  await addServices(at, 2);
  useEach(at, [1, 2], 50);
  await at.poll();
  handleOn(path.join(at.bench.folder, 'sluice.db')).exec(
    "create trigger kept before update on cycles begin select raise(abort, 'written'); end",
  );
  at.panel.server.inject({ endpoint: /./, fault: { kind: 'html', status: 502 } });
  const { service } = await pollLater(at);
  expect([service.status, service.usage]).toEqual(['unreadable', null]);
});

describe('the mass-change brake of a small panel', () => {
  it('stops two new holds of three, but no single one and no release', async () => {
    const numbers = await addServices(at, 3);
    useEach(at, [1, 2], 200);
    const stopped = await at.poll();
    expect([stopped.run.outcome, stopped.error?.details]).toEqual([
      'brake',
      { panel: 'dcim', changing: 2, active: 3, doubted: 0 },
    ]);
    expect(changing()).toEqual([]);
    expect((await at.poll({ allowMass: true })).run.outcome).toBe('done');
    at.use(3, 200);
    expect((await at.poll()).run.outcome).toBe('done');
    for (const number of numbers) at.panel.resetTraffic(500 + number);
    at.bench.clock.set('2026-12-15T03:00:00Z');
    const freed = await at.poll();
    expect([freed.run.outcome, freed.totals.released]).toEqual(['done', 3]);

    await at.bench.edit('poll: {', 'poll: { brake: { atLeast: 4 },');
    useEach(at, numbers, 200);
    expect((await at.poll()).run.outcome).toBe('done');
  });
});

describe('the mass-change brake', () => {
  const ALL = 12;
  let numbers: number[];
  beforeEach(async () => {
    numbers = await addServices(at, ALL);
    at.bench.clock.advance(HOUR);
  });

  it('stops a run that would free everybody because the panel answers zero; a mass change that is allowed goes through', async () => {
    useEach(at, numbers, 200);
    const held = await at.poll({ allowMass: true });
    expect(held.run.outcome).toBe('done');
    expect(held.totals).toMatchObject({ held: ALL, actions: ALL * 2 });
    at.panel.server.clearCalls();
    for (const number of numbers) at.panel.resetTraffic(500 + number);
    at.bench.clock.set('2026-12-15T03:00:00Z');
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('brake');
    expect(changing()).toEqual([]);
    const planned = await at.sluice.plan();
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
    useEach(at, numbers.slice(0, 6), 200);
    await at.poll({ allowMass: true });
    at.bench.clock.set('2026-12-15T03:00:00Z');
    useEach(at, numbers.slice(6), outcome === 'done' ? 1 : 0);
    const polled = await at.poll();
    expect([polled.run.outcome, polled.totals.released]).toEqual([outcome, outcome === 'done' ? 6 : 0]);
  });

  it('does not count what only repeats a hold that is there', async () => {
    useEach(at, numbers, 200);
    await at.poll({ allowMass: true });
    for (const number of numbers) at.panel.staffEnablePort(toIds(number).port(1));
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('done');
    expect(polled.totals.actions).toBe(ALL);
  });
});

describe('explain', () => {
  it('is enough to recompute the decision by hand', async () => {
    await at.addService(1, { values: { base_quota_override_gb: '150' } });
    at.use(1, 160);
    await at.poll();
    const why = await at.sluice.explain('svc-1');
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
    await pollLater(at);
    const then = new Date(at.bench.clock.now()).toISOString();
    at.use(1, 160);
    await at.poll();
    const why = await at.sluice.explain('svc-1', { at: then });
    expect(why.decision).toMatchObject({ status: 'ok', rule: 'below-allowance' });
    expect(why.holds).toEqual([]);
  });

  it('tells the figures, quota and due date of an earlier time, not those of a decision before or of now', async () => {
    await at.addService(1);
    let then = '';
    for (const gigabytes of [10, 20, 30, 20]) {
      at.use(1, gigabytes);
      await at.poll();
      if (gigabytes === 30) then = new Date(at.bench.clock.now() + 1000).toISOString();
    }
    await at.sluice.overrides.set('svc-1', { quota: '7GB' });
    await at.sluice.services.set('svc-1', { next_due_date: '2027-01-15' });
    const why = await at.sluice.explain('svc-1', { at: then });
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
