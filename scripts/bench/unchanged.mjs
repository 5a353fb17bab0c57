import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cpuSeconds, dueDate, main, median, startFake } from './lib.mjs';

/** 100,000 with SLUICE_LONG=1: as many are imported and decided on a first time for minutes. */
const MANY = process.env.SLUICE_LONG === '1' ? 100_000 : 20_000;

/** The two lists that unchanged users without forwards need, and nothing else: fetched, and understood as JSON. */
const bareLists = `
  const [url, username] = process.argv.slice(1);
  const post = async (path, body, authorization = '') => {
    const answer = await fetch(url + '/api/v1' + path, { method: 'POST', headers: { authorization }, body: JSON.stringify(body) });
    return JSON.parse(await answer.text());
  };
  const { data } = await post('/user/login', { username, password: process.env.FLVX_PASSWORD });
  const lists = await Promise.all([
    post('/user/list', {}, data.token),
    post('/backup/export', { types: ['userTunnels'] }, data.token),
  ]);
  process.exitCode = lists.every(({ data: rows, userTunnels }) => (rows ?? userTunnels).length > 0) ? 0 : 1;
`;

/** FLVX users without forwards, imported, and what runs a command over them. */
async function prepare(users) {
  const due = dueDate();
  const fake = await startFake('flvx', ['--users', users, '--forwards', 0, '--expiry', Date.parse(due)].map(String));
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  const env = { FLVX_PASSWORD: fake.token };
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    `timeZone: UTC
panels:
  relay: { kind: flvx, url: "${fake.url}", allowHttp: true, username: admin_user, password: "\${env:FLVX_PASSWORD}" }
products:
  small: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 } }
`,
    { mode: 0o600 },
  );
  const rows = Array.from({ length: users }, (_, at) => `svc-${at + 2},relay,small,monthly,${due},${at + 2}`);
  const header = 'id,panel,product,billing_cycle,next_due_date,flvx_user_id';
  writeFileSync(path.join(folder, 'services.csv'), [header, ...rows].join('\n'));
  const run = (args) => cpuSeconds(args, { cwd: folder, env });
  await run([main, 'service', 'import', 'services.csv', '--quiet']);
  return {
    sluice: (...words) => run([main, ...words, '--quiet']),
    bare: () => run(['--input-type=module', '-e', bareLists, fake.url, 'admin_user']),
    node: () => run(['-e', '0']),
    end: () => {
      fake.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A poll of 10,000 unchanged users against its two lists and node's start, in pairs. */
async function pollFigure() {
  const { sluice, bare, node, end } = await prepare(10_000);
  try {
    // The second one finds what the first has stored, the third what is unchanged.
    for (let count = 0; count < 3; count++) await sluice('poll');
    const ratios = [];
    let seconds = '';
    for (let round = 0; round < 5; round++) {
      const [start, lists, poll] = [await node(), await bare(), await sluice('poll')];
      ratios.push(poll / (start + lists));
      seconds = [start, lists, poll].map((figure) => figure.toFixed(2)).join(', ');
    }
    const name = `processor time of a poll of 10,000 unchanged FLVX users without forwards against its two lists and node's start (node, lists, poll: ${seconds} s)`;
    return { name, figure: median(ratios), limit: 5 };
  } finally {
    end();
  }
}

/** Processor time of runs over many unchanged users, without that of reading the lists. */
async function manyFigures() {
  const { sluice, bare, end } = await prepare(MANY);
  try {
    for (let count = 0; count < 4; count++) await sluice('reconcile');
    const lists = await bare();
    const figures = [];
    for (const command of ['plan', 'reconcile']) {
      const name = `${command}: processor seconds for ${MANY} unchanged services on a panel with lists, beside its lists`;
      figures.push({ name, figure: (await sluice(command)) - lists, limit: MANY / 10_000 });
    }
    return figures;
  } finally {
    end();
  }
}

/** What unchanged services of a panel with lists cost. */
export async function benchUnchanged() {
  return [await pollFigure(), ...(await manyFigures())];
}
