import { existsSync, readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isHoldsFileStale, type RunReport, readHoldsFile, nodeFiles } from '@sluice/engine';
import { closeAfterTest } from './each-test.js';
import { configText, GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';
import { folderBytes } from './folder-bytes.js';
import { runCommand } from './command-process.js';
import { importServices, startKillBench } from './kill/kill-bench.js';
import { mountSmallDisk, whyNoMount, type SmallDisk } from './small-disk.js';

const KB = 1024;
const reason = whyNoMount();
const onSmallDisk = reason === null ? describe : describe.skip;

const LONG = process.env['SLUICE_LONG'] === '1';
/** How much is left at the start of the run: nothing, or enough to come to this or that point of it. */
const LEFT = LONG ? Array.from({ length: 110 }, (_, index) => index * 6) : [0, 220, 350];

onSmallDisk(`a full disk${reason === null ? '' : ` (nothing can be mounted: ${reason})`}`, () => {
  let at: EasyDcimBench;
  let disk: SmallDisk;
  beforeEach(async () => {
    at = closeAfterTest(await startEasyDcimBench());
    disk = closeAfterTest(mountSmallDisk(at.bench.path('disk'), 6144 * KB));
    at.bench.storeFile = 'disk/sluice.db';
    at.bench.write('sluice.yaml', configText(at.panel.url, `state: ./${at.bench.storeFile}`));
    for (const number of [1, 2, 3, 4]) await at.addService(number, { product: number > 2 ? 'order' : 'ports' });
    // Held by the first run and free by the next one: 2 and 4. The other way round: 1 and 3.
    for (const number of [2, 4]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
  });

  async function firstRun(): Promise<void> {
    expect((await at.poll()).exitCode).toBe(0);
    for (const number of [2, 4]) await at.bench.sluice(`override set svc-${number} --unlimited`);
    for (const number of [1, 3]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    at.panel.server.clearCalls();
  }

  /** The run succeeds, or says in one document that the disk is full; the next one brings everything in order. */
  async function expectFullThenRight(run: Awaited<ReturnType<typeof at.poll>>): Promise<void> {
    expect(run.stderr).toBe('');
    const { error } = run.json<RunReport>();
    // What the file of open holds says is whole, if not always the newest.
    expect(() => readHoldsFile(nodeFiles, `${at.bench.path(at.bench.storeFile)}.holds.json`)).not.toThrow();
    if (run.exitCode === 0) expect(error).toBeNull();
    else {
      expect([run.exitCode, error?.code]).toEqual([1, expect.stringMatching(/^(store_full|holds_file_not_written)$/)]);
      expect(error?.message).toMatch(/disk is full/);
    }
    const called = at.panel.server.changingCalls().length;
    disk.free();
    const journaled = await at.bench.store((store) => store.actions.list({}));
    expect(journaled.slice(3).filter((action) => action.calledAt !== null)).toHaveLength(called);
    const next = await at.poll();
    expect([next.exitCode, next.stderr]).toEqual([0, '']);
    expect([1, 2].map((number) => at.panel.port(toIds(number).port(1)).adminState)).toEqual(['down', 'up']);
    expect([3, 4].map((number) => at.panel.order(toIds(number).order).status)).toEqual(['suspended', 'active']);
    expect(at.panel.server.changingCalls()).toHaveLength(6);
    expect(at.panel.events.filter((event) => !event.changed)).toEqual([]);
    expect((await at.bench.sluice('db check')).exitCode).toBe(0);
    expect(await at.bench.store((store) => isHoldsFileStale(store, nodeFiles))).toBe(false);
    expect(readdirSync(disk.folder).filter((name) => /\.(new|part)$/.test(name))).toEqual([]);
  }

  it.each(LEFT)('with %s KB left does no harm to a run', async (kilobytes) => {
    await firstRun();
    disk.leaveFree(kilobytes * KB);
    await expectFullThenRight(await at.poll());
  });

  it.each(LONG ? [1, 5, 9, 12, 14, 18] : [1, 9, 18])(
    'that fills up at call %s of a run does it no harm',
    async (call) => {
      await firstRun();
      let seen = 0;
      const ignore = at.panel.server.onCall(() => {
        seen += 1;
        if (seen === call) disk.leaveFree(0);
      });
      const run = await at.poll();
      ignore();
      await expectFullThenRight(run);
    },
  );

  it('keeps the first enforcing run from beginning when it has no room for its backup', async () => {
    await at.bench.sluice('override set svc-1 --quota 1TB');
    disk.leaveFree(260 * KB);
    const refused = await at.poll();
    expect([refused.exitCode, refused.json<RunReport>().error?.code]).toEqual([1, 'store_full']);
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(existsSync(at.bench.path('disk/sluice.db-backups/before-first-enforcing.db.gz'))).toBe(false);
    disk.free();
    expect((await at.poll()).exitCode).toBe(0);
    expect(at.panel.port(toIds(2).port(1)).adminState).toBe('down');
    expect(existsSync(at.bench.path('disk/sluice.db-backups/before-first-enforcing.db.gz'))).toBe(true);
  });

  it('is told by every command that writes, and nothing of it is kept', async () => {
    await firstRun();
    disk.leaveFree(0);
    const before = folderBytes(disk.folder);
    const refused: string[] = [];
    for (const words of [
      'hold add svc-1',
      'override set svc-1 --quota 5TB',
      'service set svc-1 client=7',
      'observe dcim',
      'db backup disk/copy.db',
      'reconcile',
    ]) {
      const plain = await at.bench.sluice(words);
      expect([words, plain.exitCode, plain.stdout]).toEqual([words, 1, '']);
      expect(plain.stderr).toMatch(/^sluice: [^\n]* the disk is full[^\n]*\n$/);
      refused.push((await at.bench.sluice(`${words} --json`)).json<RunReport>().error?.code ?? '');
    }
    expect(new Set(refused)).toEqual(new Set(['store_full']));
    expect(folderBytes(disk.folder)).toEqual(before);
    expect(at.panel.server.changingCalls()).toEqual([]);
    disk.free();
    expect((await at.poll()).exitCode).toBe(0);
  });
});

onSmallDisk('a disk that fills up in the middle of a large run', () => {
  it('ends the real command with one line', async () => {
    const at = closeAfterTest(await startKillBench('a file', 'state: ./disk/sluice.db'));
    const disk = closeAfterTest(mountSmallDisk(at.bench.path('disk'), 16_384 * KB));
    const services = Array.from({ length: 700 }, (_, index) => ({ number: index + 1, product: 'ports' }));
    for (const { number } of services) {
      const ids = toIds(number + 1000);
      at.panel.addService({ id: 500 + number, orderId: ids.order, serverId: ids.server, user: 10, ports: [] });
    }
    await importServices(at, services);
    let seen = 0;
    at.panel.server.onCall(() => {
      seen += 1;
      if (seen === 450) disk.leaveFree(0);
    });
    const run = await runCommand(['poll'], { cwd: at.bench.folder, env: at.env });
    expect([run.signal, run.exitCode, run.stdout]).toEqual([null, 1, '']);
    expect(run.stderr).toMatch(/^sluice: [^\n]* the disk is full[^\n]*\n$/);
    disk.free();
    at.panel.server.clearCalls();
    const next = await runCommand(['poll', '--json'], { cwd: at.bench.folder, env: at.env });
    expect([next.exitCode, next.json<RunReport>().totals.read]).toEqual([0, 700]);
  });
});
