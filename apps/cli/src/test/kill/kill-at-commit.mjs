// Loaded into a command before it starts: ends it as a power cut would, right before its n-th transaction is committed.
import { createRequire } from 'node:module';

const Sqlite = createRequire(import.meta.url)('better-sqlite3');
const memory = new Sqlite(':memory:');
const statements = Object.getPrototypeOf(memory.prepare('select 1'));
memory.close();
const { run } = statements;
let seen = 0;
statements.run = function (...values) {
  if (this.source === 'commit') seen += 1;
  if (seen === Number(process.env['KILL_AT_COMMIT'])) process.kill(process.pid, 'SIGKILL');
  return run.apply(this, values);
};
