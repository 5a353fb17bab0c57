import { existsSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { HoldsFile } from '@sluice/engine';
import { toIds } from '../easydcim-bench.js';
import type { ExpectedService } from './expected-state.js';
import type { KillBench } from './kill-bench.js';

/** `db check` is clean, nothing is left unresolved or leased, and the file of open holds says what the store says. */
export async function expectStoreInOrder(
  at: Pick<KillBench, 'bench' | 'sluice' | 'holdsFile'>,
  expected: ExpectedService[],
): Promise<void> {
  const checked = await at.sluice('db check --json');
  const { checks } = checked.json<{ checks: { status: string }[] }>();
  expect(checks.filter((check) => check.status !== 'ok')).toEqual([]);
  expect(checked.exitCode).toBe(0);
  await at.bench.store(async (store) => {
    const holds = await store.holds.open();
    const evidence = await store.evidence.open();
    for (const { number, reasons, ours } of expected) {
      const service = `svc-${number}`;
      const ids = toIds(number);
      expect([
        service,
        holds
          .filter((hold) => hold.service === service)
          .map((hold) => hold.reason)
          .sort(),
      ]).toEqual([service, reasons]);
      const targets = evidence
        .filter((item) => item.service === service)
        .map(({ kind, target }) => (kind === 'port' ? `port ${Number(target) - ids.port(0)}` : kind));
      expect([service, targets.sort()]).toEqual([service, ours]);
    }
    expect(await store.actions.unresolved()).toEqual([]);
    // What a killed run leased and nobody needed since may still stand there; nobody waits for it.
    for (const { owner, name } of await store.leases.list()) {
      expect(name).not.toBe('panel:dcim');
      expect(() => process.kill(owner.pid, 0)).toThrow('ESRCH');
    }
    const file = toHoldsFile(at);
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    expect(file.holds.sort(byId)).toEqual([...holds].sort(byId));
    expect(file.evidence.sort(byId)).toEqual([...evidence].sort(byId));
  });
}

/** Without open holds none is needed: a run that was killed before its first one was written may have ended them all since. */
function toHoldsFile({
  bench,
  holdsFile,
}: Pick<KillBench, 'bench' | 'holdsFile'>): Pick<HoldsFile, 'holds' | 'evidence'> {
  if (!existsSync(bench.path(holdsFile))) return { holds: [], evidence: [] };
  return JSON.parse(bench.read(holdsFile)) as HoldsFile;
}
