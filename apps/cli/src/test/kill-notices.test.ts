import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { realClock } from '@sluice/engine';
import type { FakeServer } from '@sluice/fake-panels';
import { startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { addToPanel, DAY, GB, HOUR, toIds } from './easydcim-bench.js';
import { importServices, type KillBench, startKillBench, succeed } from './kill/kill-bench.js';
import { describeOnEachStore, type StoreKind } from './kill/kill-stores.js';
import { received, startReceiver } from './notices/receiver.js';
import { REAL_PROCESS } from './real-process.js';

/** The tests of the outbox fail the store at each of its writes; these kill the built command. */
const long = process.env['SLUICE_LONG'] === '1' ? describe : describe.skip;
const KILL_AT_COMMIT = fileURLToPath(new URL('kill/kill-at-commit.mjs', import.meta.url));
/** More moments than a poll has. */
const MOST = 60;

let at: KillBench;
let receiver: FakeServer;
async function open(kind: StoreKind): Promise<void> {
  receiver = closeAfterTest(await startReceiver());
  const hook = `notify: [{ webhook: "${receiver.url}/hook", secret: x, events: [hold] }]`;
  at = closeAfterTest(await startKillBench(kind, hook));
}

/** Sends what is due some time from now. */
async function sendLater(ms: number): Promise<void> {
  const { exitCode } = await at.bench.sluice('notify send', {
    ...REAL_PROCESS,
    clock: { ...realClock, now: () => Date.now() + ms },
  });
  expect(exitCode).toBe(0);
}

async function overQuota(number: number): Promise<void> {
  addToPanel(at.panel, number);
  at.panel.addTraffic(toIds(number).service, { in: 200 * GB, out: 0, at: Date.now() - HOUR });
  await importServices(at, [{ number, product: 'ports' }]);
}

describeOnEachStore((kind) => {
  long('a poll that is killed before its n-th commit', () => {
    it('loses no notice, and sends none again that was acknowledged', async () => {
      await open(kind);
      for (let n = 1; ; n++) {
        await overQuota(n);
        const env = { ...at.env, NODE_OPTIONS: `--import=${KILL_AT_COMMIT}`, KILL_AT_COMMIT: String(n) };
        const run = startCommand(['poll'], { cwd: at.bench.folder, env });
        const { signal } = await run.ended;
        await succeed(at, 'poll');
        await sendLater(10 * 60_000);
        const own = received(receiver.calls).filter(({ service }) => service === `svc-${n}`);
        expect([n, new Set(own.map(({ delivery }) => delivery)).size]).toEqual([n, 1]);
        receiver.clearCalls();
        await sendLater(DAY);
        expect([n, receiver.calls]).toEqual([n, []]);
        if (signal !== 'SIGKILL') break;
        if (n > MOST) throw new Error('The poll has too many commits.');
      }
    });
  });
});
