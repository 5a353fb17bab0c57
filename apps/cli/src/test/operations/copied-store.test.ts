import { copyFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PanelView, RunReport } from '@sluice/engine';
import { GB, HOUR } from '../easydcim-bench.js';
import { type FlvxBench, startFlvxBench } from '../flvx-bench.js';
import { Bench } from '../harness.js';
import { copyTo, on } from './copied-store.js';

let closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

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
      () => {
        other.close();
      },
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
    const remedy = 'sluice doctor --take-over --panel relay';
    expect((await other.sluice('doctor', on('second'))).stdout).toContain(remedy);
    expect((await other.sluice('poll', on('second'))).stderr).toContain(remedy);
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
    // Under observe nothing is refused, and nothing fails.
    expect((await at.bench.sluice('observe relay', on('first'))).stderr).toBe('');
    expect((await poll(at.bench)).json<RunReport>().error).toBeNull();
    expect(await checks(at.bench)).toEqual([]);
    await at.bench.sluice('enforce relay --yes');
    expect((await poll(at.bench)).json<RunReport>().error?.code).toBe('store_moved');
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

  it('go on after a restore in their place, and name the command for one elsewhere', async () => {
    await start();
    await at.bench.sluice('db backup copy.db');
    exceed();
    await poll(at.bench);
    const restored = await at.bench.sluice('db restore copy.db --yes --json', on('first'));
    expect(restored.json<{ behind: string[] }>().behind).toEqual([]);
    expect(restored.stderr).not.toContain('take-over');
    expect((await poll(at.bench)).json<RunReport>().error).toBeNull();
    drift();
    expect((await poll(at.bench)).json<RunReport>()).toMatchObject({
      error: null,
      run: { outcome: 'done', changes: true },
    });

    Object.assign(other.env, at.bench.env);
    other.write('sluice.yaml', at.bench.read('sluice.yaml'));
    copyFileSync(at.bench.path('copy.db'), other.path('copy.db'));
    const elsewhere = await other.sluice('db restore copy.db --yes --json', on('second'));
    expect(elsewhere.json<{ behind: string[] }>().behind).toEqual(['relay']);
    expect(elsewhere.stderr).toContain('sluice doctor --take-over');
    drift();
    expect((await poll(other)).json<RunReport>().error?.code).toBe('store_moved');
    await other.sluice('doctor --take-over', on('second'));
    expect((await poll(other)).json<RunReport>().error).toBeNull();
  });

  it('stop nothing where the only one moves, is copied before its first change, or the panel comes from a backup', async () => {
    at = await startFlvxBench('enforce: observe');
    other = new Bench(at.bench.clock);
    closing.push(
      () => at.close(),
      () => {
        other.close();
      },
    );
    user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await poll(at.bench);
    const enforced = (config: string): string => config.replace('enforce: observe', 'enforce: on');
    // Another machine goes on with the store; the first one was stopped.
    copyTo(other, at.bench, enforced);
    exceed();
    expect((await poll(other)).exitCode).toBe(0);
    const [name, old] = mark().map((row) => [row.name, row.value])[0] ?? [];
    for (let time = 0; time < 20; time++) {
      drift();
      expect((await poll(other)).exitCode).toBe(0);
    }
    // Staff restores the panel's database of long ago.
    const row = at.panel.world.config.find((one) => one.name === name)!;
    row.value = old ?? '';
    drift();
    expect((await poll(other)).json<RunReport>().error).toBeNull();
    expect(row.value).not.toBe(old);
    // The copy that was made under observe notices the other one.
    at.bench.write('sluice.yaml', enforced(at.bench.read('sluice.yaml')));
    drift();
    expect((await poll(at.bench)).json<RunReport>().error?.code).toBe('store_moved');
  });

  it('enforce on a panel that refuses the mark, and say that a copy would not be noticed', async () => {
    await start();
    copyTo(other, at.bench);
    exceed();
    at.panel.server.inject({ endpoint: /config\/update-single/, fault: { kind: 'status', status: 403 } });
    at.panel.world.config.delete(at.panel.world.config.find(({ name }) => name.startsWith('sluice_store_'))!.id);
    expect((await poll(at.bench)).exitCode).toBe(0);
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'warning' }]);
    expect(await checks(at.bench, '--take-over --panel relay')).toMatchObject([
      { name: 'take-over', status: 'warning' },
      { name: 'store mark', status: 'warning' },
    ]);
    drift();
    expect((await poll(at.bench)).exitCode).toBe(0);
  });

  it('are not seen in a mark that a run of the same store writes while doctor reads it', async () => {
    await start();
    exceed();
    await poll(at.bench);
    drift();
    const until = async (): Promise<void> => void (await poll(at.bench));
    at.panel.server.inject({ endpoint: /config\/get/, fault: { kind: 'wait', until }, times: 1 });
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'ok' }]);
  });
});
