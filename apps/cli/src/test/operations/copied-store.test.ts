import { copyFileSync, existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Explanation, PanelView, RunReport } from '@sluice/engine';
import { type EasyDcimBench, GB, HOUR, startEasyDcimBench, toIds } from '../easydcim-bench.js';
import { type FlvxBench, startFlvxBench } from '../flvx-bench.js';
import { Bench } from '../harness.js';

let closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** Copies store and config to another machine, as a backup or a standby does. */
function copyTo(other: Bench, from: Bench, change: (config: string) => string = (config) => config): void {
  Object.assign(other.env, from.env);
  other.write('sluice.yaml', change(from.read('sluice.yaml')));
  for (const end of ['', '-wal', '-shm']) {
    if (existsSync(from.path(`sluice.db${end}`)))
      copyFileSync(from.path(`sluice.db${end}`), other.path(`sluice.db${end}`));
  }
}

const on = (host: string) => ({ host, owner: { host: `${host} (boot 1234)`, pid: 1, processStart: '1' } });

describe('two copies of a store on a panel with a mark', () => {
  let at: FlvxBench;
  let other: Bench;
  const mark = () => at.panel.world.config.all().filter(({ name }) => name.startsWith('sluice_store_'));
  const poll = (bench: Bench, words = '', host = bench === at.bench ? 'first' : 'second') =>
    bench.sluice(`poll --json ${words}`.trim(), on(host));
  const checks = async (bench: Bench, words = '') => {
    const done = await bench.sluice(`doctor --json ${words}`.trim(), on(bench === at.bench ? 'first' : 'second'));
    const found = done.json<{ checks: { name: string; object: string; status: string; message: string }[] }>().checks;
    return found.filter(({ name }) => /^(store|store mark|take-over)$/.test(name)).map((one) => ({ ...one }));
  };
  let user: number;
  async function start(more = ''): Promise<void> {
    at = await startFlvxBench(more);
    other = new Bench(at.bench.clock);
    closing.push(
      () => at.close(),
      () => other.close(),
    );
    user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await poll(at.bench);
  }

  const exceed = (): void => {
    at.panel.world.users.get(user)!.inFlow += 200 * GB;
    at.bench.clock.advance(HOUR);
  };

  /** The customer resumes what was paused, as his token can. */
  const drift = (): void => {
    for (const forward of at.panel.world.forwards.values()) if (forward.userId === user) forward.status = 1;
    at.bench.clock.advance(HOUR);
  };

  it('change it only from the one that did so last, until the other takes it over', async () => {
    await start();
    expect(mark()).toHaveLength(1);
    // Customers of the panel can read its settings.
    expect(mark()[0]?.value).not.toContain('first');
    copyTo(other, at.bench);
    exceed();
    expect((await poll(at.bench)).exitCode).toBe(0);
    at.bench.clock.advance(HOUR);
    at.panel.server.clearCalls();
    const refused = await poll(other);
    const report = refused.json<RunReport>();
    expect([refused.exitCode, report.run.outcome, report.error?.code]).toEqual([6, 'brake', 'store_moved']);
    expect(report.error?.message).toContain('on host first');
    expect(at.panel.server.changingCalls()).toEqual([]);
    const { panels } = (await other.sluice('panel list --json')).json<{ panels: PanelView[] }>();
    expect(panels).toMatchObject([{ brake: { subjects: 'store', run: report.run.id } }]);
    expect((await other.sluice('metrics')).stdout).toContain('sluice_brake{panel="relay"} 1');
    expect(await checks(other)).toMatchObject([{ name: 'store', status: 'failed' }]);
    expect((await other.sluice('doctor', on('second'))).stdout).toContain('sluice doctor --take-over --panel relay');
    // A command about one service is refused as well, before any call that changes something.
    const ordered = await other.sluice('hold add svc-1 --json', on('second'));
    expect(ordered.exitCode).not.toBe(0);
    expect(ordered.stdout).toContain('store_moved');
    expect(at.panel.server.changingCalls()).toEqual([]);

    expect(await checks(other, '--take-over')).toMatchObject([
      { name: 'take-over', status: 'ok' },
      { name: 'store mark', status: 'ok' },
    ]);
    const [last] = (await other.sluice('log list --runs --json')).json<{
      entries: { command: string; scope: string }[];
    }>().entries;
    expect(last).toMatchObject({ command: 'doctor --take-over', scope: 'panel relay' });
    expect((await poll(other)).exitCode).toBe(0);
    // The first one refuses now.
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'failed' }]);
    drift();
    at.panel.server.clearCalls();
    expect((await poll(at.bench)).json<RunReport>().error?.code).toBe('store_moved');
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(mark()).toHaveLength(1);
  });

  it('write nothing under observe, and once a run that changes something', async () => {
    await start();
    const before = mark()[0]?.value;
    await poll(at.bench);
    expect(mark()[0]?.value).toBe(before);
    at.panel.server.clearCalls();
    exceed();
    await poll(at.bench);
    const paths = at.panel.server.calls.map(({ path }) => path).filter((path) => path.includes('config/'));
    expect(paths).toEqual(['/api/v1/config/get', '/api/v1/config/update-single']);
    copyTo(other, at.bench, (config) => config.replace('kind: flvx,', 'kind: flvx, enforce: observe,'));
    drift();
    at.panel.server.clearCalls();
    expect((await poll(other)).json<RunReport>().error).toBeNull();
    await other.sluice('doctor --take-over --panel relay', on('second'));
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect((await poll(at.bench)).json<RunReport>().error).toBeNull();
  });

  it('go on after a crash between mark and change, and where the mark can’t be read', async () => {
    await start();
    exceed();
    // The mark is written, its answer lost, and the process killed before the next call.
    at.panel.server.inject({ endpoint: /config\/update-single/, fault: { kind: 'cut' } });
    await poll(at.bench).catch(() => undefined);
    at.panel.server.clearFaults();
    at.bench.clock.advance(HOUR);
    expect((await poll(at.bench)).json<RunReport>().error).toBeNull();
    at.panel.server.inject({ endpoint: /config\/get/, fault: { kind: 'status', status: 500 } });
    drift();
    const done = (await poll(at.bench)).json<RunReport>();
    expect(done.error).toBeNull();
    at.panel.server.clearFaults();
    const row = at.panel.world.config.find(({ name }) => name.startsWith('sluice_store_'))!;
    row.value = '9.later';
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'warning' }]);
    drift();
    expect((await poll(at.bench)).json<RunReport>().error).toBeNull();
    expect(row.value).toBe('9.later');
  });
});

describe('two copies of a store on a panel without a mark', () => {
  let at: EasyDcimBench;
  let other: Bench;
  const port = (number = 1) => at.panel.port(toIds(number).port(1));
  const poll = (bench: Bench) => bench.sluice('poll --json --allow-mass', on(bench === at.bench ? 'first' : 'second'));

  async function start(services: number, over: number): Promise<void> {
    at = await startEasyDcimBench('poll: { doubt: { jump: off }, brake: { share: 50% } }');
    other = new Bench(at.bench.clock);
    closing.push(
      () => at.close(),
      () => other.close(),
    );
    for (let number = 1; number <= services; number++) await at.addService(number);
    for (let number = 1; number <= over; number++) at.panel.addTraffic(toIds(number).service, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    expect((await poll(at.bench)).exitCode).toBe(0);
  }

  /** A standby gets a copy of the store, and releases by a config of its own. */
  async function standby(): Promise<void> {
    at.bench.clock.advance(HOUR);
    copyTo(other, at.bench, (config) => config.replaceAll('100GB', '1TB'));
    await poll(other);
    at.bench.clock.advance(HOUR);
  }

  it('stop at the third reversal of a target within 24 hours, until it is taken over', async () => {
    await start(12, 1);
    for (const exit of [0, 0]) {
      await standby();
      expect(port().adminState).toBe('up');
      expect((await poll(at.bench)).exitCode).toBe(exit);
      expect(port().adminState).toBe('down');
    }
    await standby();
    at.panel.server.clearCalls();
    const third = await poll(at.bench);
    const report = third.json<RunReport>();
    expect([third.exitCode, report.error]).toEqual([3, null]);
    expect(report.notices.map(({ code }) => code)).toContain('change_reversed');
    expect(report.services.find(({ id }) => id === 'svc-1')).toMatchObject({
      status: 'failed',
      error: { code: 'change_reversed' },
      actions: [],
    });
    expect(at.panel.server.changingCalls()).toEqual([]);
    // The port is enabled, and the service is shown so.
    const { service, decision } = (await at.bench.sluice('explain svc-1 --json')).json<Explanation>();
    expect(service.error?.code).toBe('change_reversed');
    expect(JSON.stringify(decision?.inputs)).toContain('is enabled and should be disabled');
    expect((await at.bench.sluice('doctor')).stdout).toContain('sluice doctor --take-over');

    // Days later it still stands.
    at.bench.clock.advance(48 * HOUR);
    await poll(at.bench);
    expect(port().adminState).toBe('up');
    expect((await at.bench.sluice('doctor --take-over --json')).stdout).toContain('2 stopped targets');
    expect((await poll(at.bench)).exitCode).toBe(0);
    expect(port().adminState).toBe('down');
    expect((await poll(at.bench)).json<RunReport>().notices).toEqual([]);
  });

  it('stop the panel only at the share of the brake', async () => {
    await start(12, 10);
    for (let time = 0; time < 3; time++) {
      await standby();
      await poll(at.bench);
    }
    expect(port(12).adminState).toBe('up');
    at.panel.addTraffic(toIds(12).service, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    at.panel.server.clearCalls();
    const report = (await poll(at.bench)).json<RunReport>();
    expect([report.run.outcome, report.error?.code]).toEqual(['brake', 'store_moved']);
    expect(at.panel.server.changingCalls()).toEqual([]);
    const { panels } = (await at.bench.sluice('panel list --json')).json<{ panels: PanelView[] }>();
    expect(panels).toMatchObject([{ brake: { subjects: 'store' } }]);
  });

  it('count no reversal of more than a day ago, and none by a change of the decision', async () => {
    await start(12, 1);
    for (let time = 0; time < 4; time++) {
      await standby();
      at.bench.clock.advance(12 * HOUR);
      expect((await poll(at.bench)).exitCode).toBe(0);
      expect(port().adminState).toBe('down');
    }
    at.bench.clock.advance(24 * HOUR);
    for (let time = 0; time < 4; time++) {
      await at.bench.sluice('override set svc-1 --unlimited');
      await poll(at.bench);
      expect(port().adminState).toBe('up');
      await at.bench.sluice('override clear svc-1');
      await poll(at.bench);
      expect(port().adminState).toBe('down');
      at.bench.clock.advance(HOUR);
    }
    expect((await poll(at.bench)).json<RunReport>().notices.map(({ code }) => code)).not.toContain('change_reversed');
  });
});
