import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

export const root = path.resolve(import.meta.dirname, '..', '..');
export const main = path.join(root, 'apps', 'cli', 'dist', 'main.js');
const fakes = path.join(root, 'packages', 'fake-panels', 'dist', 'standalone.js');

/** Runs a program to its end: exit code, wall time and largest resident memory of the process. */
export function runTimed(args, options = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
      stdio: ['ignore', options.keepOutput ? 'pipe' : 'ignore', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ms: performance.now() - startedAt, stdout, stderr });
    });
  });
}

/** Runs a program to its end: processor seconds of all its threads, which say the same on a machine that does other work. */
export async function cpuSeconds(args, { cwd, env }) {
  const child = spawn('sh', ['-c', '"$@" >/dev/null && times', 'sh', process.execPath, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  // The second line is that of the shell's children: `0m1.250000s 0m0.120000s`.
  const times = stdout.trim().split('\n').at(-1).trim().split(/\s+/);
  return times.reduce((sum, time) => {
    const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(time);
    return sum + Number(minutes) * 60 + Number(seconds);
  }, 0);
}

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Figures of several programs, run in turn so that a slow moment meets all of them. */
export async function allFigures(programs, rounds) {
  const figures = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(programs)) {
      const ms = await run();
      if (round > 0) figures[name].push(ms);
    }
  }
  return figures;
}

/** The median of each of them. */
export async function interleaved(programs, rounds) {
  const figures = await allFigures(programs, rounds);
  return Object.fromEntries(Object.entries(figures).map(([name, all]) => [name, median(all)]));
}

/** Starts a fake panel as a process of its own. */
export async function startFake(kind, words) {
  const child = spawn(process.execPath, [fakes, kind, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => {
      reject(new Error(`the fake ended with ${code}`));
    });
  });
  return { ...JSON.parse(first), stop: () => child.kill('SIGTERM') };
}

/** A due date that is well ahead, so that no cycle ends while figures are taken. */
export function dueDate() {
  return new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
}

/** A temporary folder with a config for the fake EasyDCIM and its services imported. */
export async function prepareEasyDcim(fake, count, concurrency, enforce = 'on') {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    `panels:
  dcim: { kind: easydcim, url: "${fake.url}", allowHttp: true, token: "\${env:TOKEN}", concurrency: ${concurrency} }
enforce: ${enforce}
products:
  big: { panel: dcim, quota: { total: 900TB } }
`,
    { mode: 0o600 },
  );
  const rows = ['id,panel,product,billing_cycle,next_due_date,easydcim_service_id'];
  const due = dueDate();
  for (let number = 1; number <= count; number++) rows.push(`svc-${number},dcim,big,monthly,${due},${number}`);
  writeFileSync(path.join(folder, 'services.csv'), rows.join('\n'));
  const env = { TOKEN: fake.token };
  const imported = await runTimed([main, 'service', 'import', 'services.csv'], { cwd: folder, env });
  if (imported.code !== 0) throw new Error(imported.stderr);
  return {
    folder,
    env,
    sluice: (words, options) => runTimed([main, ...words], { cwd: folder, env, ...options }),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The token of `startServe`. */
export const SERVE_TOKEN = 'bench-token-0123456789';

const SERVE = `serve: { listen: "127.0.0.1:0", token: "\${env:SERVE_TOKEN}" }\n`;

/** Starts `serve` in the folder of the bench; returns its address and process. */
export async function startServe({ folder, env }) {
  const config = readFileSync(`${folder}/sluice.yaml`, 'utf8');
  if (!config.includes(SERVE)) appendFileSync(`${folder}/sluice.yaml`, SERVE);
  const child = spawn(process.execPath, [main, 'serve', '--json'], {
    cwd: folder,
    env: { ...process.env, ...env, SERVE_TOKEN, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
  });
  return { url, pid: child.pid, stop: () => child.kill('SIGTERM') };
}
