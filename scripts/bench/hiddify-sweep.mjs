import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { peakMemory } from './large.mjs';
import { interleaved, main, runTimed, startFake } from './lib.mjs';

/** The two list calls that a sweep is made of, and nothing else: read, and understood as JSON. */
const bareCalls = `
  const [url, key] = process.argv.slice(1);
  const lists = [];
  for (const list of ['admin_user', 'user']) {
    const answer = await fetch(url + '/api/v2/admin/' + list + '/', {
      headers: { 'hiddify-api-key': key, accept: 'application/json' },
    });
    lists.push(JSON.parse(await answer.text()).length);
  }
  process.exitCode = lists.every((rows) => rows > 0) ? 0 : 1;
`;

/** A sweep over one panel: against a process of node that makes the two list calls and no more, and its peak memory. */
export async function sweepFigures(panel, rounds) {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const env = { HIDDIFY_KEY: panel.key };
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    `panels:\n  vpn: { kind: hiddify, url: "${panel.url}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}" }\n`,
    { mode: 0o600 },
  );
  const run = (args) => async () => {
    const { code, ms, stderr } = await runTimed(args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    return ms;
  };
  const sweep = [main, 'agent', 'check', '--all', '--quiet'];
  try {
    const { agents } = JSON.parse(
      (await runTimed([main, 'agent', 'list', '--json'], { cwd: folder, env, keepOutput: true })).stdout,
    );
    const rows = agents.map(({ uuid }) => `${uuid},1000000`);
    writeFileSync(path.join(folder, 'limits.csv'), ['agent,limit_gb', ...rows].join('\n'));
    await run([main, 'agent', 'limit', '--from', 'limits.csv', '--yes', '--quiet'])();
    const figures = await interleaved(
      {
        node: run(['-e', '0']),
        bare: run(['--input-type=module', '-e', bareCalls, panel.url, panel.key]),
        sweep: run(sweep),
      },
      rounds,
    );
    const memory = await peakMemory(sweep, { cwd: folder, env: { ...process.env, ...env } });
    return { agents: agents.length, ...figures, ratio: figures.sweep / figures.bare, memory };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 200 agents with 50,000 users, from a panel that answers after `latency` milliseconds. */
async function large(latency, rounds) {
  const fake = await startFake('hiddify', ['--agents', '200', '--users', '50000', '--latency', String(latency)]);
  try {
    return await sweepFigures({ url: fake.url, key: fake.token }, rounds);
  } finally {
    fake.stop();
  }
}

/** A real panel takes half a minute to write such a list; the fake has it ready. */
const LIST_MS = 4000;

/** The sweep against two list calls of 4 s each; and, without an aim, against a list that costs the panel nothing. */
export async function benchHiddifySweep() {
  const slow = await large(LIST_MS, 3);
  const fast = await large(0, 5);
  const seconds = ({ node, bare, sweep }) => [node, bare, sweep].map((ms) => (ms / 1000).toFixed(2)).join(', ');
  const what = 'sweep of 200 agents, 50,000 users, against two list calls in a process of their own';
  return [
    { name: `${what}, 4 s a list (node, calls, sweep: ${seconds(slow)} s)`, figure: slow.ratio, limit: 1.3 },
    { name: `${what}, lists at once (node, calls, sweep: ${seconds(fast)} s)`, figure: fast.ratio, limit: null },
    { name: 'sweep of 200 agents, 50,000 users: peak memory in MB', figure: slow.memory, limit: 400 },
  ];
}

/** The same ratio on a real panel: node scripts/bench/hiddify-sweep.mjs, with SLUICE_TEST_HIDDIFY_URL and _KEY. */
if (process.argv[1] === import.meta.filename) {
  const { SLUICE_TEST_HIDDIFY_URL: url, SLUICE_TEST_HIDDIFY_KEY: key } = process.env;
  const figures = url && key ? await sweepFigures({ url, key }, 5) : await benchHiddifySweep();
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}
