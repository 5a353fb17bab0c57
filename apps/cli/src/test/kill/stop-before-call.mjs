// Loaded into a command before it starts: stops it right after the transaction that journals its first call of a panel, until the file
// that is named exists. For the command the time of a lease has passed then.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const [folder = '', laterMs = '0'] = (process.env['STOP_BEFORE_CALL'] ?? '').split('|');
const Sqlite = createRequire(import.meta.url)('better-sqlite3');
const memory = new Sqlite(':memory:');
const statements = Object.getPrototypeOf(memory.prepare('select 1'));
memory.close();
const { run } = statements;
let isJournaled = false;
statements.run = function (...values) {
  const result = run.apply(this, values);
  if (/update "actions" set "called_at"/.test(this.source)) isJournaled = true;
  if (this.source === 'commit' && isJournaled && !fs.existsSync(`${folder}/stopped`)) stop();
  return result;
};

function stop() {
  fs.writeFileSync(`${folder}/stopped`, '');
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  while (!fs.existsSync(`${folder}/go-on`)) Atomics.wait(nothing, 0, 0, 20);
  const { now } = Date;
  Date.now = () => now() + Number(laterMs);
}
