// Charges clients of the local ledger in a process of its own: node charge-in-process.mjs STORE KILL_AT KEY…
// Ends itself as a power cut would before the KILL_AT-th statement (0: never), and prints the state of each charge.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { charge, createLedger } from '@sluice/engine';
import { openStore } from '@sluice/state-store';
import Sqlite from 'better-sqlite3';

const [location, killAt, ...keys] = process.argv.slice(2);
const clock = { now: () => Date.parse('2026-11-20T10:00:00.000Z'), sleep: () => Promise.resolve() };
const store = await openStore({ location, clock });
const ledger = createLedger({ store, clock, randomBytes: (count) => randomBytes(count), actor: () => 'test' });

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
console.log('ready');
await input.next();
killBefore(Number(killAt));
for (const key of keys) {
  const { state } = await charge(ledger, {
    key,
    client: '7',
    description: 'Extra traffic',
    amount: '0.90',
    currency: 'EUR',
    taxed: false,
    since: '2026-11-20T10:00:00.000Z',
    whenShort: 'refuse',
  });
  console.log(state);
}
await store.close();
process.exit(0);

function killBefore(last) {
  const memory = new Sqlite(':memory:');
  const statements = Object.getPrototypeOf(memory.prepare('select 1'));
  let count = 0;
  for (const name of ['run', 'get', 'all', 'iterate']) {
    const original = statements[name];
    statements[name] = function (...values) {
      count += 1;
      if (count === last) process.kill(process.pid, 'SIGKILL');
      return original.apply(this, values);
    };
  }
}
