import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import type { RunReport, ServiceDetail } from '@sluice/engine';
import { startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
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
  const ignores = [at.relay, at.vpn, at.whmcs].map(({ server }) => {
    server.inject({ match: isNth, times: 1, when, fault: { kind: 'hang' } });
    return server.onCall((call) => {
      if (isNth(call)) setTimeout(process.kill, 0);
    });
  });
  const { signal } = await process.ended;
  for (const ignore of ignores) ignore();
  for (const { server } of [at.relay, at.vpn, at.whmcs]) server.clearFaults();
  return signal !== null;
}

const LONG = process.env['SLUICE_LONG'] === '1';

/** Products whose accounts are made, where their password goes, and the changing calls of a creation. */
const CASES = [
  { panel: 'FLVX', writeTo: 'whmcs', product: 10, calls: 3, short: ['unheard 1', 'unheard 3'] },
  { panel: 'FLVX', writeTo: './secrets', product: 10, calls: 2, short: ['unheard 1'] },
  { panel: 'Hiddify', writeTo: 'whmcs', product: 11, calls: 1, short: ['unheard 1'] },
];

/** The only account of an order is usable with the password that its customer finds. */
async function expectUsable(at: AccountsBench, number: number, { panel, writeTo }: (typeof CASES)[0]): Promise<void> {
  if (panel === 'Hiddify') {
    expect(at.vpnUsers().filter((name) => name === `whmcs-${number}`)).toHaveLength(1);
    return;
  }
  const { account } = (
    await at.bench.sluice(`service show whmcs-${number} --json`, REAL_PROCESS)
  ).json<ServiceDetail>();
  const written = at.whmcs.service(number);
  const username = writeTo === 'whmcs' ? written.username : (account?.username ?? '');
  const file = `secrets/whmcs-${number}.password`;
  const password = writeTo === 'whmcs' ? written.password : at.bench.read(file).trim();
  expect(at.relay.user(username)?.pwd).toBe(md5(password));
  expect(at.relay.permissionStatus(at.relay.user(username)?.id ?? 0, 1)).toBe(1);
}

it.each(CASES)(
  'leaves one account, whenever the reconcile that makes it is killed ($panel, $writeTo)',
  async (kind) => {
    const at = closeAfterTest(await startAccountsBench({ realTime: true, writeTo: kind.writeTo }));
    const sluice = (words: string): Promise<Outcome> => at.bench.sluice(`${words} --json`, REAL_PROCESS);
    const nextDueDate = new Date(Date.now() + 12 * DAY).toISOString().slice(0, 10);
    let number = 0;
    for (const moment of ['undone', 'unheard'] as const)
      for (let n = 1; n <= kind.calls; n++) {
        if (!LONG && !kind.short.includes(`${moment} ${n}`)) continue;
        number++;
        at.addOrder(number, { nextDueDate, product: kind.product });
        expect((await sluice('service sync')).exitCode).toBe(0);
        expect([moment, n, await killReconcile(at, n, moment)]).toEqual([moment, n, true]);
        const next = await sluice('reconcile --allow-mass');
        expect([moment, n, next.json<RunReport>().run.outcome]).toEqual([moment, n, 'done']);
        expect(at.relayUsers().length + at.vpnUsers().length).toBe(number);
        await expectUsable(at, number, kind);
      }
    expect((await sluice('reconcile')).json<RunReport>().run.changes).toBe(false);
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  },
);
