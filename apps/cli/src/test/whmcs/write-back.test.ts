import { expect, it } from '@jest/globals';
import type { CommandReport, RunReport, ServiceDetail, SyncReport } from '@sluice/engine';
import { closeAfterTest } from '../each-test.js';
import { type AccountsBench, accountsConfig, startAccountsBench } from './accounts-bench.js';
import { interruptAt } from './whmcs-bench.js';

let at: AccountsBench;

async function begin(provision = 'auto'): Promise<void> {
  at = closeAfterTest(await startAccountsBench({ writeTo: './secrets' }));
  const { relay, vpn, whmcs, bench } = at;
  const config = accountsConfig({ relay: relay.url, vpn: vpn.url, whmcs: whmcs.url }, { writeTo: './secrets' });
  const written = config.replace('\nwhmcs: {', '\nwhmcs: { writeBack: true,');
  bench.write('sluice.yaml', written.replaceAll('provision: auto', `provision: ${provision}`));
  expect(bench.read('sluice.yaml')).toContain('writeBack: true');
  at.addOrder(1);
  await at.sync();
}

const fields = (number = 1): string[] => ['flvx_username', 'flvx_user_id'].map((name) => at.whmcs.field(number, name));
const refs = async (): Promise<string[]> => {
  const { refs: own } = (await at.run('service show whmcs-1')).json<ServiceDetail>();
  return ['flvx_username', 'flvx_user_id'].map((name) => own[name] ?? '');
};
const writes = (): number => at.whmcs.server.calls.filter(({ endpoint }) => endpoint === 'UpdateClientProduct').length;
const provision = async (words: string): Promise<string[]> => {
  const { run, notices } = (await at.run(`provision ${words}`)).json<CommandReport>();
  return [run.outcome, ...notices.map(({ code }) => code)];
};
const synced = async (): Promise<SyncReport['totals']> => (await at.run('service sync')).json<SyncReport>().totals;

it('writes refs after a creation of a run or command, changes nothing in the next sync, and empties them at the end', async () => {
  await begin();
  await at.reconcile();
  expect(fields()).toEqual(await refs());
  expect(fields()).not.toContain('');
  expect([await synced(), writes()]).toMatchObject([{ unchanged: 1, changed: 0 }, 1]);
  expect([await provision('renew whmcs-1 --until 2027-01-15'), writes()]).toEqual([['done'], 1]);
  // A ref that Sluice made is written again where staff overwrote it; a sync would report it.
  at.whmcs.setField(1, 'flvx_user_id', '999');
  expect([await provision('change-password whmcs-1 --password-file new.password'), writes()]).toEqual([['done'], 2]);
  expect(fields()).toEqual(await refs());
  expect([await provision('terminate whmcs-1 --yes'), fields()]).toEqual([['done'], ['', '']]);
  at.whmcs.service(1).status = 'Terminated';
  // The name of the ended account goes with its field.
  expect(await synced()).toMatchObject({ changed: 1 });
  expect(await synced()).toMatchObject({ unchanged: 1, changed: 0 });
  const log = (await at.run('log list --api')).stdout;
  expect(log).not.toContain(at.bench.read('new.password').trim());
});

it('is done although WHMCS refuses the fields; a sync does not read them, and the next reconcile writes them', async () => {
  await begin('manual');
  at.whmcs.quirks.denied.add('UpdateClientProduct');
  expect(await provision('create whmcs-1 --password-file a.password')).toEqual(['done', 'fields_not_written']);
  expect(await synced()).toMatchObject({ unchanged: 1 });
  expect(fields()).toEqual(['', '']);
  at.whmcs.quirks.denied.clear();
  await at.reconcile();
  expect([fields(), writes()]).toEqual([await refs(), 2]);
  await at.reconcile();
  expect(writes()).toBe(2);
  at.whmcs.server.inject({ endpoint: 'UpdateClientProduct', fault: { kind: 'cut' } });
  expect(await provision('terminate whmcs-1 --yes')).toEqual(['done', 'fields_not_written']);
  at.whmcs.server.clearFaults();
  // The order is active again: what WHMCS still shows is not taken for the refs of another account.
  expect(await synced()).toMatchObject({ changed: 1 });
  expect((await refs())[1]).toBe('');
  at.whmcs.server.inject({ endpoint: 'UpdateClientProduct', fault: { kind: 'cut' } });
  expect(await provision('create whmcs-1 --password-file b.password')).toEqual(['done', 'fields_not_written']);
  at.whmcs.server.clearFaults();
  const made = await refs();
  expect(made).not.toContain('');
  await synced();
  expect(await refs()).toEqual(made);
  await at.reconcile();
  expect(fields()).toEqual(made);
});

it('is written by the next reconcile after an interruption between the account and the fields', async () => {
  await begin('manual');
  const signal = interruptAt(at.whmcs, 'GetClientsProducts');
  await at.bench.sluice('provision create whmcs-1 --password-file a.password --json', { signal });
  expect([at.relayUsers().length, fields()]).toEqual([1, ['', '']]);
  const { notices } = (await at.run('reconcile')).json<RunReport>();
  expect([fields(), notices]).toEqual([await refs(), []]);
});
