import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { charge } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { onFiles } from '../bench/on-files.js';
import { openLedgerWorld } from './ledger-world.js';

const PROGRAM = fileURLToPath(new URL('../test/charge-in-process.mjs', import.meta.url));

/** Between the statements before which a process is killed. */
const STEP = process.env['SLUICE_LONG'] === '1' ? 1 : 8;

/** A process that charges; it waits for `go`. */
interface Charging {
  go(): void;
  /** The states that it printed, once it has ended. */
  ended(): Promise<{ states: string[]; killed: boolean }>;
}

async function startCharging(location: string, killAt: number, keys: readonly string[]): Promise<Charging> {
  const child = spawn(process.execPath, [PROGRAM, location, String(killAt), ...keys], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return {
    go: () => child.stdin.write('go\n'),
    ended: async () => {
      const states: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) states.push(next.value);
      await exit;
      return { states, killed: child.signalCode === 'SIGKILL' };
    },
  };
}

describe('processes that charge one client', () => {
  const world = useBench(openLedgerWorld);
  beforeEach(async () => {
    await world.sluice.credit.add('7', { amount: '10.00', currency: 'EUR' });
  });

  const expectSound = async (): Promise<void> => {
    const checks = await world.store.maintenance.check();
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
  };

  it('at once spend no more than it has, and each key once', async () => {
    const { location } = world.store;
    const shared = ['both-1', 'both-2', 'both-3'];
    const all = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        startCharging(location, 0, [...shared, ...[1, 2, 3, 4, 5].map((n) => `${name}-${n}`)]),
      ),
    );
    for (const one of all) one.go();
    const ended = await Promise.all(all.map((one) => one.ended()));
    for (const { states } of ended) expect(states.slice(0, 3)).toEqual(['paid', 'paid', 'paid']);
    const own = ended.flatMap(({ states }) => states.slice(3));
    expect([own.length, own.filter((state) => state === 'paid').length]).toEqual([15, 8]);
    expect(await world.billing.credit('7')).toMatchObject({ balance: '0.10' });
    expect((await world.sluice.invoices.list()).invoices.map(({ status }) => status)).toEqual(
      Array.from({ length: 11 }, () => 'paid'),
    );
    await expectSound();
  });

  onFiles('leave nothing half when killed before any statement, and finish on the next call', async () => {
    await world.sluice.credit.add('7', { amount: '90.00', currency: 'EUR' });
    const { location } = world.store;
    let charges = 0;
    let at = 1;
    for (; ; at += STEP) {
      charges += 1;
      const key = `key-${at}`;
      const child = await startCharging(location, at, [key]);
      child.go();
      const { killed } = await child.ended();
      const found = await world.billing.find({ key, client: '7', since: '' });
      expect(found.every(({ status }) => status === 'paid')).toBe(true);
      const other = await world.another();
      const again = {
        key,
        client: '7',
        description: 'Extra traffic',
        amount: '0.90',
        currency: 'EUR',
        taxed: false,
        since: '2026-11-20T10:00:00.000Z',
        whenShort: 'refuse',
      } as const;
      expect((await charge(other, again)).state).toBe('paid');
      expect((await world.sluice.invoices.list()).invoices).toHaveLength(charges);
      expect(await world.store.ledger.entries({ account: 'client:7' })).toHaveLength(2 + charges);
      if (!killed) break;
    }
    // It has more than eight statements to be killed before.
    expect(at).toBeGreaterThan(9);
    await expectSound();
  });
});
