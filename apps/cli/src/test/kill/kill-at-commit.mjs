// Loaded into a command before it starts: ends it as a power cut would, right before its n-th transaction is committed, in a file or by a server.
// With KILL_FROM it counts from the moment on that this file is there.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';

/** What a message with the text of a query begins with. */
const QUERY = 'Q'.charCodeAt(0);

let seen = 0;

function beforeCommit() {
  const from = process.env['KILL_FROM'];
  if (from !== undefined && !existsSync(from)) return;
  seen += 1;
  if (seen === Number(process.env['KILL_AT_COMMIT'])) process.kill(process.pid, 'SIGKILL');
}

const Sqlite = createRequire(import.meta.url)('better-sqlite3');
const memory = new Sqlite(':memory:');
const statements = Object.getPrototypeOf(memory.prepare('select 1'));
memory.close();
const { run } = statements;
statements.run = function (...values) {
  if (this.source === 'commit') beforeCommit();
  return run.apply(this, values);
};

// The client of PostgreSQL is a part of the command: what it sends is all that can be seen of it.
const { write } = Socket.prototype;
Socket.prototype.write = function (data, ...rest) {
  if (Buffer.isBuffer(data) && data[0] === QUERY && data.toString('latin1').endsWith('commit\0')) beforeCommit();
  return write.call(this, data, ...rest);
};
