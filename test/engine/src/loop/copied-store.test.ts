import { afterEach, describe, expect, it } from '@jest/globals';
import type { Check, RunReport } from '@sluice/engine';
import type { DoctorRequest } from '@sluice/engine/options';
import { type EngineBench, GB, HOUR, on } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startFlvxBench);
let other: EngineBench | null = null;
afterEach(async () => {
  await other?.close();
  other = null;
});

/** Starts a bench on the host "first" whose service has a forward. */
async function start(more = ''): Promise<void> {
  await open(more, { owner: on('first') });
  user = await at.create(1);
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await at.poll();
}

/** Goes on with a copy of the store on the host "second". */
const copy = async (change?: (config: string) => string): Promise<EngineBench> =>
  (other = await at.bench.copy('second', change));

let user: number;
const mark = () => at.panel.world.config.all().filter(({ name }) => name.startsWith('sluice_store_'));
const errorCode = ({ error }: RunReport): string | undefined => error?.code;
const outcome = async ({ sluice }: EngineBench): Promise<string> => (await sluice.poll()).run.outcome;

async function checks({ sluice }: EngineBench, request?: DoctorRequest): Promise<Check[]> {
  const found = (await sluice.panels.doctor(request)).checks;
  return found.filter(({ name }) => /^(store|store mark|take-over)$/.test(name));
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

describe('two copies of a store on a panel with a mark', () => {
  it('change it only from the one that did so last, until the other takes it over', async () => {
    await start();
    expect(mark()).toHaveLength(1);
    // Customers of the panel can read its settings.
    expect(mark()[0]?.value).not.toContain('first');
    const second = await copy();
    exceed();
    expect(await outcome(at.bench)).toBe('done');
    at.bench.clock.advance(HOUR);
    at.panel.server.clearCalls();
    const report = await second.sluice.poll();
    expect([report.run.outcome, report.error?.code]).toEqual(['brake', 'store_moved']);
    expect(report.error?.message).toContain('on host first');
    expect(at.panel.server.changingCalls()).toEqual([]);
    const { panels } = await second.sluice.panels.list();
    expect(panels).toMatchObject([{ brake: { subjects: 'store', run: report.run.id } }]);
    const { metrics } = await second.sluice.metrics();
    expect(metrics.find(({ name }) => name === 'sluice_brake')?.samples).toMatchObject([
      { labels: { panel: 'relay' }, value: 1 },
    ]);
    expect(await checks(second)).toMatchObject([{ name: 'store', status: 'failed' }]);
    // A command about one service is refused as well, before any call that changes something.
    const ordered = await second.sluice.holds.add('svc-1');
    expect([ordered.run.outcome, ordered.service.error?.code]).toEqual(['partial', 'store_moved']);
    expect(at.panel.server.changingCalls()).toEqual([]);

    expect(await checks(second, { takeOver: true })).toMatchObject([
      { name: 'take-over', status: 'ok' },
      { name: 'store mark', status: 'ok' },
    ]);
    const [last] = (await second.sluice.log.list({ kinds: ['run'] })).entries;
    expect(last).toMatchObject({ command: 'doctor --take-over', scope: 'panel relay' });
    expect(await outcome(second)).toBe('done');
    // The first one refuses now.
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'failed' }]);
    drift();
    at.panel.server.clearCalls();
    expect(errorCode(await at.poll())).toBe('store_moved');
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(mark()).toHaveLength(1);
    // Under observe nothing is refused, and nothing fails.
    await at.sluice.panels.observe('relay');
    expect(errorCode(await at.poll())).toBeUndefined();
    expect(await checks(at.bench)).toEqual([]);
    await at.sluice.panels.enforce('relay');
    expect(errorCode(await at.poll())).toBe('store_moved');
  });

  it('write nothing under observe, and once a run that changes something', async () => {
    await start();
    const before = mark()[0]?.value;
    await at.poll();
    expect(mark()[0]?.value).toBe(before);
    at.panel.server.clearCalls();
    exceed();
    await at.poll();
    const paths = at.panel.server.calls.map(({ path }) => path).filter((path) => path.includes('config/'));
    expect(paths).toEqual(['/api/v1/config/get', '/api/v1/config/update-single']);
    const second = await copy((config) => config.replace('kind: flvx,', 'kind: flvx, enforce: observe,'));
    drift();
    at.panel.server.clearCalls();
    expect(errorCode(await second.sluice.poll())).toBeUndefined();
    await second.sluice.panels.doctor({ takeOver: true, panel: 'relay' });
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(errorCode(await at.poll())).toBeUndefined();
  });

  it('go on after a crash between mark and change, and where the mark can’t be read', async () => {
    await start();
    exceed();
    // The mark is written, its answer lost, and the process killed before the next call.
    at.panel.server.inject({ endpoint: /config\/update-single/, fault: { kind: 'cut' } });
    await at.poll().catch(() => undefined);
    await at.bench.restart();
    at.panel.server.clearFaults();
    at.bench.clock.advance(HOUR);
    expect(errorCode(await at.poll())).toBeUndefined();
    at.panel.server.inject({ endpoint: /config\/get/, fault: { kind: 'status', status: 500 } });
    drift();
    expect(errorCode(await at.poll())).toBeUndefined();
    at.panel.server.clearFaults();
    const row = at.panel.world.config.find(({ name }) => name.startsWith('sluice_store_'))!;
    row.value = '9.later';
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'warning' }]);
    drift();
    expect(errorCode(await at.poll())).toBeUndefined();
    expect(row.value).toBe('9.later');
  });

  it('stop nothing where the only one moves, is copied before its first change, or the panel comes from a backup', async () => {
    await start('enforce: observe');
    const enforced = (config: string): string => config.replace('enforce: observe', 'enforce: on');
    // Another machine goes on with the store; the first one was stopped.
    const second = await copy(enforced);
    exceed();
    expect(await outcome(second)).toBe('done');
    const [name, old] = mark().map((row) => [row.name, row.value])[0] ?? [];
    for (let time = 0; time < 20; time++) {
      drift();
      expect(await outcome(second)).toBe('done');
    }
    // Staff restores the panel's database of long ago.
    const row = at.panel.world.config.find((one) => one.name === name)!;
    row.value = old ?? '';
    drift();
    expect(errorCode(await second.sluice.poll())).toBeUndefined();
    expect(row.value).not.toBe(old);
    // The copy that was made under observe notices the other one.
    await at.bench.configure(enforced(at.bench.text));
    drift();
    expect(errorCode(await at.poll())).toBe('store_moved');
  });

  it('enforce on a panel that refuses the mark, and say that a copy would not be noticed', async () => {
    await start();
    exceed();
    at.panel.server.inject({ endpoint: /config\/update-single/, fault: { kind: 'status', status: 403 } });
    at.panel.world.config.delete(at.panel.world.config.find(({ name }) => name.startsWith('sluice_store_'))!.id);
    expect(await outcome(at.bench)).toBe('done');
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'warning' }]);
    expect(await checks(at.bench, { takeOver: true, panel: 'relay' })).toMatchObject([
      { name: 'take-over', status: 'warning' },
      { name: 'store mark', status: 'warning' },
    ]);
    drift();
    expect(await outcome(at.bench)).toBe('done');
  });

  it('are not seen in a mark that a run of the same store writes while doctor reads it', async () => {
    await start();
    exceed();
    await at.poll();
    drift();
    const until = async (): Promise<void> => void (await at.poll());
    at.panel.server.inject({ endpoint: /config\/get/, fault: { kind: 'wait', until }, times: 1 });
    expect(await checks(at.bench)).toMatchObject([{ name: 'store mark', status: 'ok' }]);
  });
});
