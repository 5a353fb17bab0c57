import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { peakMemory } from './large.mjs';
import { dueDate, interleaved, main, runTimed, startFake } from './lib.mjs';

/** The three list calls that a poll is made of, and nothing else: read, and understood as JSON. */
const bareCalls = `
  const [url, username] = process.argv.slice(1);
  const post = async (path, body, authorization = '') => {
    const answer = await fetch(url + '/api/v1' + path, { method: 'POST', headers: { authorization }, body: JSON.stringify(body) });
    return JSON.parse(await answer.text());
  };
  const { data } = await post('/user/login', { username, password: process.env.FLVX_PASSWORD });
  const lists = await Promise.all([
    post('/user/list', {}, data.token),
    post('/forward/list', {}, data.token),
    post('/backup/export', { types: ['userTunnels'] }, data.token),
  ]);
  process.exitCode = lists.every(({ data: rows, userTunnels }) => (rows ?? userTunnels).length > 0) ? 0 : 1;
`;

/** A poll of all users of a panel: against its three list calls and node's start, and its peak memory. */
export async function pollFigures({ url, username, password, users, tunnel, due }, rounds) {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const env = { FLVX_PASSWORD: password };
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    `timeZone: UTC
panels:
  relay: { kind: flvx, url: "${url}", allowHttp: true, username: "${username}", password: "\${env:FLVX_PASSWORD}" }
products:
  small: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: ${tunnel} } }
`,
    { mode: 0o600 },
  );
  const rows = users.map((id) => `svc-${id},relay,small,monthly,${due},${id}`);
  writeFileSync(
    path.join(folder, 'services.csv'),
    ['id,panel,product,billing_cycle,next_due_date,flvx_user_id', ...rows].join('\n'),
  );
  const run = (args) => async () => {
    const { code, ms, stderr } = await runTimed(args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    return ms;
  };
  const poll = [main, 'poll', '--quiet'];
  try {
    await run([main, 'service', 'import', 'services.csv', '--quiet'])();
    const first = await run(poll)();
    const figures = await interleaved(
      {
        node: run(['-e', '0']),
        bare: run(['--input-type=module', '-e', bareCalls, url, username]),
        poll: run(poll),
      },
      rounds,
    );
    const memory = await peakMemory(poll, { cwd: folder, env: { ...process.env, ...env } });
    return { users: users.length, first, ...figures, ratio: figures.poll / (figures.bare + figures.node), memory };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Polls of 10,000 users, from a panel that answers after `latency` milliseconds. */
async function large(latency, rounds) {
  const users = 10_000;
  const due = dueDate();
  const words = ['--users', String(users), '--expiry', String(Date.parse(due)), '--latency', String(latency)];
  const fake = await startFake('flvx', words);
  try {
    const ids = Array.from({ length: users }, (_, index) => index + 2);
    return await pollFigures(
      { url: fake.url, username: 'admin_user', password: fake.token, users: ids, tunnel: 1, due },
      rounds,
    );
  } finally {
    fake.stop();
  }
}

/** A real panel takes several seconds to write the list of as many forwards; the fake has it at once. */
const LIST_MS = 2000;

/** 10,000 users in three list calls of 2 s each; and, without an aim, in lists that cost the panel nothing. */
export async function benchFlvxPoll() {
  const slow = await large(LIST_MS, 3);
  const fast = await large(0, 5);
  const real = await onRealPanel();
  const seconds = ({ node, bare, poll }) => [node, bare, poll].map((ms) => (ms / 1000).toFixed(2)).join(', ');
  const what = "poll of 10,000 FLVX users against three list calls and node's start";
  return [
    { name: `${what}, 2 s a call (node, calls, poll: ${seconds(slow)} s)`, figure: slow.ratio, limit: 3 },
    { name: `${what}, lists at once (node, calls, poll: ${seconds(fast)} s)`, figure: fast.ratio, limit: null },
    { name: 'poll of 10,000 FLVX users: peak memory in MB', figure: Math.max(slow.memory, fast.memory), limit: 250 },
    ...(real === null ? [] : [realFigure(real, seconds(real))]),
  ];
}

function realFigure({ users, ratio }, seconds) {
  const name = `poll of ${users} unchanged users of a real FLVX panel against its lists and node's start (node, calls, poll: ${seconds} s)`;
  return { name, figure: ratio, limit: 5 };
}

/** The same on the panel that SLUICE_TEST_FLVX_URL, _USERNAME and _PASSWORD name; null without them. It only reads. */
async function onRealPanel() {
  const {
    SLUICE_TEST_FLVX_URL: url,
    SLUICE_TEST_FLVX_USERNAME: username,
    SLUICE_TEST_FLVX_PASSWORD: password,
  } = process.env;
  if (!url || !username || !password) return null;
  const post = async (endpoint, body, authorization = '') => {
    const answer = await fetch(`${url}/api/v1${endpoint}`, {
      method: 'POST',
      headers: { authorization },
      body: JSON.stringify(body),
    });
    return (await answer.json()).data;
  };
  const { token } = await post('/user/login', { username, password });
  const users = await post('/user/list', {}, token);
  const [tunnel] = await post('/tunnel/list', {}, token);
  const due = dueDate();
  return pollFigures({ url, username, password, users: users.map(({ id }) => id), tunnel: tunnel.id, due }, 7);
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(`${JSON.stringify((await onRealPanel()) ?? (await benchFlvxPoll()), null, 2)}\n`);
}
