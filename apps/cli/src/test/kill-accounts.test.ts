import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { startCommand } from './command-process.js';
import { ADMIN_PASSWORD, DAY } from './flvx-bench.js';
import type { Outcome } from './harness.js';
import { REAL_PROCESS } from './real-process.js';
import { type AccountsBench, startAccountsBench } from './whmcs/accounts-bench.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Kills a reconcile at its n-th changing call, before (`undone`) or after (`unheard`) that is carried out. */
async function killReconcile(at: AccountsBench, n: number, moment: 'undone' | 'unheard'): Promise<boolean> {
  const env = { FLVX_PASSWORD: ADMIN_PASSWORD, HIDDIFY_KEY: at.vpn.key, WHMCS_SECRET: at.whmcs.secret };
  let seen = 0;
  const numbers = new Map<FakeCall, number>();
  const isNth = (call: FakeCall): boolean => {
    if (!call.changing) return false;
    if (!numbers.has(call)) numbers.set(call, ++seen);
    return numbers.get(call) === n;
  };
  const when = moment === 'undone' ? 'before' : 'after';
  const process = startCommand(['reconcile'], { cwd: at.bench.folder, env });
  const ignores = [at.relay, at.whmcs].map(({ server }) => {
    server.inject({ match: isNth, times: 1, when, fault: { kind: 'hang' } });
    return server.onCall((call) => {
      if (isNth(call)) setTimeout(process.kill, 0);
    });
  });
  const { signal } = await process.ended;
  for (const ignore of ignores) ignore();
  for (const { server } of [at.relay, at.whmcs]) server.clearFaults();
  return signal !== null;
}

it('leaves one account with a known password, whenever the reconcile that makes it is killed', async () => {
  const at = await startAccountsBench({ realTime: true });
  try {
    const sluice = (words: string): Promise<Outcome> => at.bench.sluice(`${words} --json`, REAL_PROCESS);
    const nextDueDate = new Date(Date.now() + 12 * DAY).toISOString().slice(0, 10);
    let number = 0;
    let killed = 0;
    for (const moment of ['undone', 'unheard'] as const)
      for (const n of [1, 2, 3]) {
        number++;
        at.addOrder(number, { nextDueDate });
        expect((await sluice('service sync')).exitCode).toBe(0);
        if (await killReconcile(at, n, moment)) killed++;
        const next = await sluice('reconcile --allow-mass');
        expect([moment, n, next.json<RunReport>().run.outcome]).toEqual([moment, n, 'done']);
        expect(at.relayUsers().length).toBe(number);
        const { username, password } = at.whmcs.service(number);
        expect(at.relay.user(username)?.pwd).toBe(md5(password));
        expect(at.relay.permissionStatus(at.relay.user(username)?.id ?? 0, 1)).toBe(1);
        expect((await sluice('reconcile')).json<RunReport>().run.changes).toBe(false);
      }
    expect(killed).toBe(6);
    expect(await at.bench.store((store) => store.actions.unsettled())).toEqual([]);
  } finally {
    await at.close();
  }
});
