import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFakeFlvx } from '@sluice/fake-panels';
import { dueDate, main, median, runTimed } from './lib.mjs';

/** 500 with SLUICE_LONG=1: holding as many for the first time takes half an hour. */
const HELD = process.env.SLUICE_LONG === '1' ? 500 : 50;
const FORWARDS = 10;
const NODES = 4;
const PASSWORD = 'bench-admin-password';
const GB = 1024 ** 3;
/** A node takes a few milliseconds for each forward, and a call has 50 of them. */
const CALL_MS = 250;

function world() {
  return startFakeFlvx({ now: Date.now, admin: { name: 'admin_user', password: PASSWORD } }).then((fake) => {
    const tunnels = Array.from({ length: NODES }, (_, at) =>
      fake.addTunnel({ name: `T-${at}`, entryNodes: [fake.addNode(`node-${at}`)] }),
    );
    const users = Array.from({ length: HELD }, (_, at) => {
      const user = fake.addUser({ user: `user-${at}` });
      const tunnel = tunnels[at % NODES];
      fake.addPermission(user, tunnel);
      for (let n = 0; n < FORWARDS; n++) fake.addForward(user, tunnel, { name: `f-${at}-${n}` });
      return user;
    });
    return { fake, users };
  });
}

/** What pausing the forwards of held services once more adds to a poll, in seconds. */
export async function benchRefresh() {
  const { fake, users } = await world();
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'));
  writeFileSync(
    path.join(folder, 'sluice.yaml'),
    `timeZone: UTC
panels:
  relay: { kind: flvx, url: "${fake.url}", allowHttp: true, username: admin_user, password: "\${env:FLVX_PASSWORD}" }
poll: { brake: { share: 100%, atLeast: 1000 }, doubt: { jump: off } }
products:
${Array.from({ length: NODES }, (_, at) => `  t${at}: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: ${at + 1} } }`).join('\n')}
`,
    { mode: 0o600 },
  );
  const due = dueDate();
  const rows = users.map((id, at) => `svc-${id},relay,t${at % NODES},monthly,${due},${id}`);
  const header = 'id,panel,product,billing_cycle,next_due_date,flvx_user_id';
  writeFileSync(path.join(folder, 'services.csv'), [header, ...rows].join('\n'));
  const run = async (...words) => {
    const env = { FLVX_PASSWORD: PASSWORD };
    const { code, ms, stdout, stderr } = await runTimed([main, ...words], { cwd: folder, env, keepOutput: true });
    if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stdout.slice(-2000)} ${stderr}`);
    return ms;
  };
  const pauses = () => fake.server.changingCalls().filter((call) => call.path.endsWith('/batch-pause')).length;
  try {
    await run('service', 'import', 'services.csv', '--quiet');
    await run('poll', '--quiet');
    for (const id of users) fake.world.users.get(id).inFlow = 120 * GB;
    const hold = await run('poll', '--quiet');
    // What the holds themselves have written is settled by these.
    await run('poll', '--quiet');
    await run('poll', '--quiet');
    const plain = [];
    const refreshed = [];
    let calls = 0;
    for (let round = 0; round < 3; round++) {
      plain.push(await run('poll', '--quiet'));
      for (let node = 1; node <= NODES; node++) fake.restartNode(node);
      fake.server.latencyMs = 0;
      const before = pauses();
      const slow = fake.server.inject({ endpoint: /batch-pause$/, fault: { kind: 'latency', ms: CALL_MS } });
      refreshed.push(await run('poll', '--quiet'));
      slow();
      calls = pauses() - before;
    }
    const running = fake.runningForwards().length;
    if (running > 0) throw new Error(`${running} forwards run that should be paused`);
    const seconds = [hold, median(plain), median(refreshed)].map((ms) => (ms / 1000).toFixed(2)).join(', ');
    return [
      {
        name: `seconds that ${HELD} held FLVX services with ${FORWARDS} forwards each add to a poll (${calls} calls of ${CALL_MS} ms; first hold, poll, poll with them: ${seconds} s)`,
        figure: (median(refreshed) - median(plain)) / 1000,
        limit: 10,
      },
    ];
  } finally {
    await fake.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
