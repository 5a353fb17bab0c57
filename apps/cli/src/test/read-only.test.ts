import { chmodSync, mkdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { closeAfterTest, startForEachTest } from './each-test.js';
import { configText, toIds, startEasyDcimBench } from './easydcim-bench.js';
import { folderBytes } from './folder-bytes.js';
import { mountSmallDisk, whyNoMount, type SmallDisk } from './small-disk.js';

const COMMANDS = [
  'poll',
  'reconcile',
  'plan',
  'explain svc-1',
  'service list',
  'service set svc-1 client=7',
  'hold add svc-1',
  'hold release --all --yes',
  'observe dcim',
];

const at = startForEachTest(startEasyDcimBench);

async function fill(folder: string): Promise<void> {
  at.bench.storeFile = `${folder}/sluice.db`;
  at.bench.write('sluice.yaml', configText(at.panel.url, `state: ./${at.bench.storeFile}`));
  await at.addService(1);
  await at.addService(2);
  at.use(1, 200);
  expect((await at.poll()).exitCode).toBe(0);
  at.use(2, 200);
  at.panel.server.clearCalls();
}

/** Each command is one clear error with exit 1: nothing is called and not a byte is changed. */
async function expectRefused(folder: string): Promise<void> {
  const before = folderBytes(at.bench.path(folder));
  for (const words of COMMANDS) {
    const plain = await at.bench.sluice(words);
    expect([words, plain.exitCode, plain.stdout]).toEqual([words, 1, '']);
    expect(plain.stderr).toMatch(/^sluice: The store [^\n]*sluice\.db [^\n]*\n$/);
    const json = await at.bench.sluice(`${words} --json`);
    expect([words, json.exitCode, json.stderr]).toEqual([words, 1, '']);
    expect(json.json<RunReport>().error?.code).toBe('store_read_only');
  }
  const checked = await at.bench.sluice('db check --json');
  expect(checked.exitCode).toBe(1);
  expect(checked.json()).toMatchObject({ ok: false, checks: [{ name: 'store_read_only' }] });
  expect(at.panel.server.calls).toEqual([]);
  const { exitCode, stdout } = await at.bench.sluice('doctor');
  expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/✗ store .*sluice\.db.*✓ panel \(dcim\)/s)]);
  expect(at.panel.server.changingCalls()).toEqual([]);
  expect(folderBytes(at.bench.path(folder))).toEqual(before);
}

async function expectRightAgain(): Promise<void> {
  const next = await at.poll();
  expect([next.exitCode, next.json<RunReport>().totals.held]).toEqual([0, 2]);
  expect([1, 2].map((number) => at.panel.port(toIds(number).port(1)).adminState)).toEqual(['down', 'down']);
  expect(at.panel.events.filter((event) => !event.changed)).toEqual([]);
  expect((await at.bench.sluice('db check')).exitCode).toBe(0);
}

const reason = whyNoMount();
const onOwnDisk = reason === null ? describe : describe.skip;

onOwnDisk(`a file system that is read-only${reason === null ? '' : ` (nothing can be mounted: ${reason})`}`, () => {
  let disk: SmallDisk;

  it('is one clear error for every command, and the next run is right', async () => {
    disk = closeAfterTest(mountSmallDisk(at.bench.path('disk'), 8 * 1024 * 1024));
    await fill('disk');
    disk.readOnly(true);
    await expectRefused('disk');
    expect((await at.bench.sluice('db backup copy.db')).exitCode).toBe(0);
    disk.readOnly(false);
    await expectRightAgain();
  });

  it('keeps a store from being begun', async () => {
    disk = closeAfterTest(mountSmallDisk(at.bench.path('disk'), 1024 * 1024));
    disk.readOnly(true);
    at.bench.write('sluice.yaml', configText(at.panel.url, 'state: ./disk/new/sluice.db'));
    const refused = await at.bench.sluice('service list --json');
    expect([refused.exitCode, refused.json<RunReport>().error?.code]).toEqual([1, 'store_read_only']);
  });
});

/** Runs `work` as somebody without the rights of root; everybody else has none to give up. */
async function withoutRights(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  // Whoever takes over has to get at the rest of the bench.
  chmodSync(at.bench.folder, 0o755);
  chmodSync(at.bench.path('sluice.yaml'), 0o644);
  if (isRoot) process.seteuid!(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}

describe('a folder that may not be written', () => {
  it('is one clear error for every command, and the next run is right', async () => {
    await fill('closed');
    const folder = at.bench.path('closed');
    chmodSync(at.bench.path(at.bench.storeFile), 0o644);
    chmodSync(`${at.bench.path(at.bench.storeFile)}.holds.json`, 0o644);
    chmodSync(`${at.bench.path(at.bench.storeFile)}-backups`, 0o755);
    for (const name of Object.keys(folderBytes(folder))) chmodSync(`${folder}/${name}`, 0o444);
    chmodSync(folder, 0o555);
    await withoutRights(() => expectRefused('closed'));
    chmodSync(folder, 0o700);
    for (const name of Object.keys(folderBytes(folder))) chmodSync(`${folder}/${name}`, 0o600);
    await expectRightAgain();
  });

  it('keeps a store from being begun', async () => {
    mkdirSync(at.bench.path('closed'), { mode: 0o555 });
    at.bench.write('sluice.yaml', configText(at.panel.url, 'state: ./closed/sluice.db'));
    await withoutRights(async () => {
      const refused = await at.bench.sluice('service list --json');
      expect([refused.exitCode, refused.json<RunReport>().error?.code]).toEqual([1, 'store_read_only']);
    });
  });
});
