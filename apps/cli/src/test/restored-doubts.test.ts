import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { HoldsFile } from '@sluice/engine';
import { startForEachTest } from './each-test.js';
import { HOUR, startEasyDcimBench, toIds } from './easydcim-bench.js';
import { kill } from './killed-command.js';

const at = startForEachTest(startEasyDcimBench);

async function succeed(words: string): Promise<void> {
  const { exitCode, stderr } = await at.bench.sluice(words);
  expect([words, exitCode, stderr]).toEqual([words, 0, '']);
}

const ports = (): string => [1, 2].map((index) => at.panel.port(toIds(1).port(index)).adminState).join();

/** Kills a run after the panel has shut the first port, before that is stored. */
async function cutAndDie(): Promise<void> {
  at.use(1, 200);
  await kill(at, 'poll', { endpoint: /ports\/\{id\}\/disable$/, when: 'after', land: () => Promise.resolve() });
  expect(ports()).toBe('down,up');
}

const toFile = (): string => at.bench.path('sluice.db.holds.json');

function loseStore(): void {
  for (const end of ['', '-wal', '-shm']) rmSync(at.bench.path(`sluice.db${end}`), { force: true });
}

async function restore(file: string) {
  at.bench.clock.advance(HOUR);
  const restored = await at.bench.sluice(`db restore ${file} --yes --json`);
  expect(restored.exitCode).toBe(0);
  const document = restored.json<{ replacedHolds: string | null }>();
  return { ...document, stderr: restored.stderr };
}

async function expectLifted(): Promise<void> {
  await succeed('override set svc-1 --quota 500GB');
  at.bench.clock.advance(HOUR);
  await succeed('poll');
  expect(ports()).toBe('up,up');
}

it('a change that was killed before its end was stored is undone by the restored store, too', async () => {
  await at.addService(1);
  await succeed('poll');
  await succeed('db backup early.db');
  await cutAndDie();
  expect(await restore('early.db')).toMatchObject({ tookHoldsOver: true });
  await succeed('poll');
  expect(ports()).toBe('down,down');
  await succeed('db check');
  await expectLifted();
});

it('the list of what was in force has the change, too, so that a release of all from it undoes that', async () => {
  await at.addService(1);
  await succeed('poll');
  await succeed('db backup early.db');
  await cutAndDie();
  const { replacedHolds } = await restore('early.db');
  const file = JSON.parse(readFileSync(replacedHolds ?? '', 'utf8')) as HoldsFile;
  expect(file.actions?.map(({ type, target }) => [type, target])).toEqual([['disable-port', '7011']]);
  loseStore();
  rmSync(toFile());
  await succeed(`hold release --all --from ${replacedHolds} --yes`);
  expect(ports()).toBe('up,up');
});

it('names whom the file of open holds alone does not show as restricted', async () => {
  for (const number of [1, 2]) await at.addService(number);
  await succeed('poll');
  await succeed('db backup early.db');
  at.use(2, 200);
  await succeed('poll');
  await cutAndDie();
  loseStore();
  const restored = await restore('early.db');
  expect(restored).toMatchObject({ tookHoldsOver: true, holdsFrom: 'file', unsure: ['svc-1'] });
  expect(restored.stderr).toMatch(/whether a panel was already changed .* for svc-1: .* counts as done by others/);
  expect(await restore('early.db')).toMatchObject({ holdsFrom: 'store', unsure: [] });
});

it.each(['is damaged', 'is a folder', 'is missing'])(
  'says that what was restricted is not known where the file, too, %s, and keeps that',
  async (state) => {
    await at.addService(1);
    await succeed('poll');
    await succeed('db backup early.db');
    at.use(1, 200);
    await succeed('poll');
    const text = at.bench.read('sluice.db.holds.json').slice(0, -20);
    loseStore();
    rmSync(toFile());
    if (state === 'is damaged') at.bench.write('sluice.db.holds.json', text);
    if (state === 'is a folder') mkdirSync(toFile());
    const { replacedHolds, ...restored } = await restore('early.db');
    expect(restored).toMatchObject({ tookHoldsOver: false, holdsFrom: null, unsure: [] });
    expect(restored.stderr).toMatch(/what was restricted .* is not known: .* counts as done by others/);
    if (state === 'is damaged') expect(readFileSync(replacedHolds ?? '', 'utf8')).toBe(text);
    else if (state === 'is a folder') expect(statSync(replacedHolds ?? '').isDirectory()).toBe(true);
    else expect(replacedHolds).toBeNull();
    if (replacedHolds !== null) expect(restored.stderr).toContain(`is kept as ${replacedHolds}`);
    await succeed('poll');
  },
);
