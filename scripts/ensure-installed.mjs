import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const stamp = path.join(root, 'node_modules', '.sluice-installed');

/** What an install depends on: the lock file, and the Node version that native code was compiled for. */
function wanted() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.versions.modules}`;
}

/** What npm was called with, as a script that it runs finds it. */
const OF_OUTER_CALL = ['dry_run', 'ignore_scripts', 'json', 'pack_destination', 'workspace', 'workspaces'];

/** Installs what the lock file says, unless that is there already. */
export function ensureInstalled({ stdio = ['ignore', 'inherit', 'inherit'] } = {}) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()) return;
  writeSync(stdio[1] === 'inherit' ? 1 : stdio[1], 'Installing dependencies …\n');
  const env = { ...process.env };
  for (const name of OF_OUTER_CALL) delete env[`npm_config_${name}`];
  execFileSync('npm', ['ci'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env });
  writeFileSync(stamp, wanted());
}

/** Runs a program of node_modules/.bin in the root; gives whether it succeeded. `inIdleTime`: it takes what others leave of the cores. */
export function runTool(name, args, options = {}) {
  return succeeds(path.join(root, 'node_modules', '.bin', name), args, options);
}

/** Runs one of our scripts; gives whether it succeeded. With more room for what is soon garbage, less of it is copied. */
export function runScript(name, args = [], options = {}) {
  return succeeds(process.execPath, ['--max-semi-space-size=64', path.join(root, 'scripts', name), ...args], options);
}

function succeeds(program, args, options = {}) {
  const child = spawn(program, args, {
    cwd: options.cwd ?? root,
    stdio: options.stdio ?? ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...options.env },
  });
  if (options.inIdleTime === true && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}

export { root };
