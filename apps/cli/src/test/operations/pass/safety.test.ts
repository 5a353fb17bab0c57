import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configText, GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';
import type { Explanation, RunReport } from '@sluice/engine';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(() => at.close());

const changing = (): string[] => at.panel.server.changingCalls().map((call) => `${call.method} ${call.path}`);
const statuses = (report: RunReport): Record<string, string> =>
  Object.fromEntries(report.services.map((service) => [service.id, service.status]));

describe('a panel that answers garbage for some services', () => {
  it('changes nothing for those, finishes the others, says which and why, and exits 3', async () => {
    for (const number of [1, 2, 3, 4]) await at.addService(number);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const before = at.panel.snapshot();
    at.panel.server.clearCalls();
    at.panel.spoilBandwidth(501, '<html>Sign in</html>');
    at.panel.spoilBandwidth(503, { in: '12.5 GB', out: '1 GB', total: '13.5 GB' });
    at.bench.clock.set('2026-12-15T02:00:00Z');
    const polled = await at.poll();
    expect(polled.exitCode).toBe(3);
    const report = polled.json<RunReport>();
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
    expect(polled.exitCode).toBe(1);
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
    expect([stopped.exitCode, stopped.json<RunReport>().error?.details]).toEqual([
      6,
      { panel: 'dcim', changing: 2, active: 3 },
    ]);
    expect(changing()).toEqual([]);
    expect((await at.poll('--allow-mass')).exitCode).toBe(0);
    use(3);
    expect((await at.poll()).exitCode).toBe(0);
    for (let number = 1; number <= 3; number++) at.panel.resetTraffic(500 + number);
    at.bench.clock.set('2026-12-15T03:00:00Z');
    const freed = await at.poll();
    expect([freed.exitCode, freed.json<RunReport>().totals.released]).toEqual([0, 3]);

    const stated = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', stated.replace('poll: {', 'poll: { brake: { atLeast: 4 },'));
    use(1, 2, 3);
    expect((await at.poll()).exitCode).toBe(0);
  });
});

describe('the mass-change brake', () => {
  const ALL = 12;

  beforeEach(async () => {
    for (let number = 1; number <= ALL; number++) await at.addService(number);
    at.bench.clock.advance(HOUR);
  });

  it('stops a run that would hold everybody, before the first change, and exits 6', async () => {
    for (let number = 1; number <= ALL; number++) at.panel.addTraffic(500 + number, { in: GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    at.bench.clock.advance(HOUR);
    at.panel.answers.bandwidth.factor = 1000;
    const polled = await at.poll();
    expect(polled.exitCode).toBe(6);
    const report = polled.json<RunReport>();
    expect(report.error).toMatchObject({ code: 'mass_change' });
    expect(report.services.flatMap((service) => service.actions.map((action) => action.state))).toEqual(
      Array.from({ length: ALL * 2 }, () => 'planned'),
    );
    expect(changing()).toEqual([]);
    expect((await at.bench.sluice('hold list --json')).json()).toMatchObject({ holds: [], released: [] });
    at.panel.answers.bandwidth.factor = 1;
    const again = await at.poll();
    expect(again.exitCode).toBe(0);
    expect(statuses(again.json<RunReport>())['svc-1']).toBe('ok');
  });

  it('stops a run that would free everybody because the panel answers zero; --allow-mass goes through', async () => {
    for (let number = 1; number <= ALL; number++) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const held = await at.poll('--allow-mass');
    expect(held.exitCode).toBe(0);
    expect(held.json<RunReport>().totals).toMatchObject({ held: ALL, actions: ALL * 2 });
    at.panel.server.clearCalls();
    for (let number = 1; number <= ALL; number++) at.panel.resetTraffic(500 + number);
    at.bench.clock.set('2026-12-15T03:00:00Z');
    const polled = await at.poll();
    expect(polled.exitCode).toBe(6);
    expect(changing()).toEqual([]);
    const planned = await at.bench.sluice('plan --json');
    expect(planned.exitCode).toBe(4);
    expect(planned.json<RunReport>().notices.map((notice) => notice.code)).toContain('mass_change');
    const allowed = await at.poll('--allow-mass');
    expect(allowed.exitCode).toBe(0);
    expect(allowed.json<RunReport>().totals).toMatchObject({ held: 0, released: ALL });
  });

  it.each([
    ['counts no release because a cycle has ended, where the panel shows traffic', 0],
    ['counts it where the panel answers zero for everybody', 6],
  ])('%s', async (_what, exitCode) => {
    for (let number = 1; number <= 6; number++) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll('--allow-mass');
    at.bench.clock.set('2026-12-15T03:00:00Z');
    for (let number = 7; number <= ALL; number++) {
      if (exitCode === 0) at.panel.addTraffic(500 + number, { in: GB, out: 0 });
    }
    at.bench.clock.advance(HOUR);
    const polled = await at.poll();
    expect([polled.exitCode, polled.json<RunReport>().totals.released]).toEqual([exitCode, exitCode === 0 ? 6 : 0]);
  });

  it('does not count what only repeats a hold that is there', async () => {
    for (let number = 1; number <= ALL; number++) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll('--allow-mass');
    for (let number = 1; number <= ALL; number++) at.panel.staffEnablePort(toIds(number).port(1));
    const polled = await at.poll();
    expect(polled.exitCode).toBe(0);
    expect(polled.json<RunReport>().totals.actions).toBe(ALL);
  });
});

describe('watching before acting', () => {
  it('makes no changing call, stores samples and would-be holds, and then does exactly what was announced', async () => {
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: observe'));
    for (const number of [1, 2, 3]) await at.addService(number, number === 3 ? { product: 'order' } : {});
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.panel.addTraffic(503, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const watched = await at.poll();
    expect(watched.exitCode).toBe(0);
    const announced = watched.json<RunReport>();
    expect(announced.run.observing).toEqual(['dcim']);
    expect(
      announced.services.map((service) => [service.id, service.observing, service.holds, service.wouldHold]),
    ).toEqual([
      ['svc-1', true, [], ['quota']],
      ['svc-2', true, [], []],
      ['svc-3', true, [], ['quota']],
    ]);
    at.bench.clock.advance(HOUR);
    await at.bench.sluice('reconcile --json');
    expect(changing()).toEqual([]);
    await at.bench.store(async (store) => {
      expect(await store.holds.all()).toEqual([]);
      expect((await store.samples.list({ service: 'svc-1' })).length).toBe(2);
      expect((await store.decisions.latest(['svc-1']))[0]).toMatchObject({ wouldHold: ['quota'], observing: true });
    });
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: on'));
    const done = (await at.poll('--allow-mass')).json<RunReport>();
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
    await at.addService(1, { values: ['base_quota_override_gb=150'] });
    at.panel.addTraffic(501, { in: 160 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const why = (await at.bench.sluice('explain svc-1 --json')).json<Explanation>();
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
    at.panel.addTraffic(501, { in: 160 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const why = (await at.bench.sluice(`explain svc-1 --at ${then} --json`)).json<Explanation>();
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
    await at.bench.sluice('override set svc-1 --quota 7GB');
    await at.bench.sluice('service set svc-1 next_due_date=2027-01-15');
    const why = (await at.bench.sluice(`explain svc-1 --at ${then} --json`)).json<Explanation>();
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
  it('exits 5 at once and changes nothing', async () => {
    await at.addService(1);
    at.panel.server.latencyMs = 50;
    const first = at.poll();
    await at.panel.server.waitForCall();
    const second = await at.poll();
    expect(second.exitCode).toBe(5);
    expect(second.json<{ error: { code: string } }>().error.code).toBe('lease_held');
    expect((await first).exitCode).toBe(0);
    expect((await at.poll()).exitCode).toBe(0);
  });
});

describe('secrets', () => {
  it('appear in no output, no row and no file after a full run with failures', async () => {
    const { TOKEN } = await import('../../easydcim-bench.js');
    for (const number of [1, 2]) await at.addService(number);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const echo = JSON.stringify({ message: `bad token ${TOKEN}`, error: TOKEN });
    at.panel.server.inject({
      endpoint: /bandwidth/,
      skip: 1,
      times: 1,
      fault: { kind: 'status', status: 500, body: echo },
    });
    await at.poll('--verbose');
    at.panel.server.inject({ endpoint: /./, times: 2, fault: { kind: 'status', status: 401, body: echo } });
    await at.bench.sluice('poll --verbose');
    for (const words of [
      'panel test',
      'explain svc-1 --json',
      'log list --json',
      'doctor',
      'service show svc-1 --json',
      'reconcile --json',
    ]) {
      await at.bench.sluice(words);
    }
    expect(at.bench.printed).toContain('PANEL_');
    expect(at.bench.printed).not.toContain(TOKEN);
    const { readdirSync, readFileSync, statSync } = await import('node:fs');
    for (const name of readdirSync(at.bench.folder)) {
      const file = at.bench.path(name);
      if (statSync(file).isFile()) expect(readFileSync(file).includes(TOKEN)).toBe(false);
    }
  });
});
