import { readFileSync, rmSync } from 'node:fs';
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

async function restore(file: string) {
  at.bench.clock.advance(HOUR);
  const restored = await at.bench.sluice(`db restore ${file} --yes --json`);
  expect(restored.exitCode).toBe(0);
  const document = restored.json<{ replacedHolds: string | null; tookHoldsOver: boolean }>();
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
  for (const end of ['', '-wal', '-shm', '.holds.json']) rmSync(at.bench.path(`sluice.db${end}`), { force: true });
  await succeed(`hold release --all --from ${replacedHolds} --yes`);
  expect(ports()).toBe('up,up');
});
