// Loaded into a command before it starts: ends it as a power cut would, right before or after the n-th thing that it does
// to files whose paths begin as stated.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [prefix = '', when = '', n = '0'] = (process.env['KILL_AT_FILE'] ?? '').split('|');
const handles = new Set();
let seen = 0;

function watched(name) {
  const real = fs[name];
  fs[name] = (...args) => {
    const isOurs = args.some((arg) => (typeof arg === 'string' && arg.startsWith(prefix)) || handles.has(arg));
    if (!isOurs) return real(...args);
    seen += 1;
    if (when === 'before' && seen === Number(n)) process.kill(process.pid, 'SIGKILL');
    const result = real(...args);
    if (name === 'openSync') handles.add(result);
    if (name === 'closeSync') handles.delete(args[0]);
    if (when === 'after' && seen === Number(n)) process.kill(process.pid, 'SIGKILL');
    return result;
  };
}

for (const name of [
  'openSync',
  'writeSync',
  'writeFileSync',
  'fsyncSync',
  'closeSync',
  'linkSync',
  'renameSync',
  'rmSync',
  'mkdirSync',
  'rmdirSync',
])
  watched(name);
syncBuiltinESMExports();
