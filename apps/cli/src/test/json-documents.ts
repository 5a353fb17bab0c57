import type { StateStore } from '@sluice/state-store';
import { DAY, GB, HOUR, startEasyDcimBench, toIds } from './easydcim-bench.js';
import { startFlvxBench } from './flvx-bench.js';
import type { Outcome } from './harness.js';
import { startHiddifyBench } from './hiddify-bench.js';
import { startTelephonyBench } from './panels/telephony/telephony-bench.js';
import { startShop } from './operations/purchases/shop.js';
import { startWhmcsBench } from './whmcs/whmcs-bench.js';

/** JSON documents that commands print in one story, by the command's words as the documentation names them. */
export type Documents = Map<string, { exitCode: number; json: unknown }[]>;

type Sluice = (words: string) => Promise<Outcome>;

/** Runs `words` and keeps the document under its heading. */
async function keep(documents: Documents, sluice: Sluice, heading: string, words = heading): Promise<void> {
  const outcome = await sluice(`${words} --json`);
  const isLines = heading.startsWith('log export');
  const document = { exitCode: outcome.exitCode, json: isLines ? null : outcome.json() };
  documents.set(heading, [...(documents.get(heading) ?? []), document]);
}

/** What a client buys. */
async function inShop(documents: Documents): Promise<void> {
  const at = await startShop();
  const kept = (heading: string, words?: string): Promise<void> =>
    keep(documents, (line) => at.bench.sluice(line.split(' ')), heading, words);
  try {
    await at.addClientService(1);
    at.use(1, 1);
    await at.poll();
    await at.run('credit add 42 20 --currency EUR');
    await kept('package list');
    await kept('purchase create', 'purchase create svc-1 extra-50');
    await kept('purchase list');
    const [bought] = await at.purchases();
    await kept('purchase cancel', `purchase cancel ${bought?.id ?? ''} --refund`);
    await kept('auto-buy set', 'auto-buy set svc-1 --on --package extra-50');
    await kept('auto-buy show', 'auto-buy show svc-1');
    await kept('auto-buy clear', 'auto-buy clear svc-1');
    await kept('notify client', 'notify client 42 --off threshold');
  } finally {
    await at.close();
  }
}

/** A hold that a command is notified of. */
async function onChannels(documents: Documents): Promise<void> {
  const at = await startEasyDcimBench('notify: [{ command: /bin/true }]');
  const kept = (heading: string): Promise<void> =>
    keep(documents, (words) => at.bench.sluice(words.split(' ')), heading);
  try {
    await at.addService(1);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.bench.sluice('poll --allow-mass');
    await kept('notify list');
    await at.bench.sluice('observe dcim');
    at.panel.staffEnablePort(toIds(1).port(1));
    await at.bench.sluice('reconcile');
    await kept('notice list');
    const [alarm] = (await at.bench.sluice('notice list --json')).json<{ alarms: { id: string }[] }>().alarms;
    await keep(documents, (words) => at.bench.sluice(words.split(' ')), 'notice ack', `notice ack ${alarm?.id ?? ''}`);
    await kept('notify test');
    await kept('notify send');
  } finally {
    await at.close();
  }
}

/** A service on EasyDCIM over its quota, one within it, and all that can be asked about them. */
async function onEasyDcim(documents: Documents): Promise<void> {
  const at = await startEasyDcimBench();
  const { bench } = at;
  const sluice: Sluice = (words) => bench.sluice(words.split(' '));
  const kept = (heading: string, words?: string): Promise<void> => keep(documents, sluice, heading, words);
  try {
    await at.addService(1);
    await at.addService(2);
    at.panel.addTraffic(501, { in: 80 * GB, out: 40 * GB });
    at.panel.addTraffic(502, { in: GB, out: GB, at: bench.clock.now() - 9 * DAY });
    bench.clock.advance(HOUR);
    await kept('config check');
    await kept('panel list');
    await kept('panel test');
    await kept('plan');
    await kept('poll');
    bench.clock.advance(DAY);
    await kept('reconcile');
    await kept('usage');
    await kept('usage history', 'usage history svc-1 --percentile 95');
    await kept('usage top', 'usage top');
    await kept('usage traffic', 'usage traffic --panel dcim --by product');
    await kept('usage graph', 'usage graph svc-1');
    await kept('report');
    await kept('service list');
    await kept('override set', 'override set svc-2 --quota 1TB');
    await kept('override list');
    await kept('queue show');
    await kept('override clear', 'override clear svc-2');
    await kept('credit add', 'credit add 42 50.00 --currency EUR --ref transfer-4711 --note transfer');
    await kept('credit show', 'credit show 42');
    await kept('credit history', 'credit history 42');
    await bench.store((store) => addInvoice(store, 'inv-1', bench.clock));
    await bench.store((store) => addInvoice(store, 'inv-2', bench.clock));
    await kept('invoice list');
    await kept('invoice pay', 'invoice pay inv-1');
    await kept('invoice cancel', 'invoice cancel inv-2');
    await kept('invoice show', 'invoice show inv-1');
    await kept('api-token create', 'api-token create billing --scope operate --expires 90d');
    await kept('api-token list');
    await kept('api-token revoke', 'api-token revoke billing');
    await kept('hold add', 'hold add svc-2 --note checked');
    await kept('service show', 'service show svc-2');
    await kept('hold list');
    await kept('explain', 'explain svc-1');
    await kept('hold release', 'hold release svc-2');
    await kept('provision suspend', 'provision suspend svc-2');
    await kept('provision unsuspend', 'provision unsuspend svc-2');
    await kept('provision renew', 'provision renew svc-2');
    bench.write(
      'more.csv',
      'id,panel,product,billing_cycle,next_due_date,easydcim_service_id\nsvc-3,dcim,ports,monthly,2026-12-15,503\n',
    );
    await kept('service import --dry-run', 'service import more.csv --dry-run');
    await kept('service import', 'service import more.csv');
    await kept('service set --where --dry-run', 'service set --where id=svc-3 client=7 --dry-run');
    await kept('service set --where', 'service set --where id=svc-3 client=7');
    await kept('service set', 'service set svc-3 email=anna@example.com');
    await kept('service remove', 'service remove svc-3 --yes');
    await kept('log list', 'log list --limit 45');
    await kept('log export', 'log export log.jsonl');
    await kept('metrics');
    await kept('schedule show');
    await kept('schedule install', 'schedule install --format systemd --dry-run');
    await kept('doctor');
    await kept('db check');
    await kept('db backup', 'db backup copy.db');
    await kept('db copy', 'db copy --to moved.db');
    await kept('db copy --undo', 'db copy --undo');
    await kept('observe', 'observe dcim');
    await kept('enforce', 'enforce dcim --yes');
    bench.write('old.csv', 'service,used_gb,limited\nsvc-1,120,yes\nsvc-9,1,no\n');
    await kept('compare', 'compare dcim --with old.csv');
    await kept('hold release --all', 'hold release --all --yes');
  } finally {
    await at.close();
  }
}

/** Adds an open invoice of client 42. */
async function addInvoice(store: StateStore, id: string, clock: { now: () => number }): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await store.invoices.open({ id, client: '42', currency: 'EUR', createdAt: at });
  await store.invoices.addLine({ key: id, invoice: id, description: 'Extra traffic 1 TB', amount: '10.00', at });
}

/** Where customers reach the panels. */
const PUBLIC = 'https://panel.example.com';

async function onFlvx(documents: Documents): Promise<void> {
  const at = await startFlvxBench('', `, publicUrl: ${PUBLIC}`);
  const kept = (heading: string, words?: string): Promise<void> =>
    keep(documents, (all) => at.bench.sluice(all.split(' ')), heading, words);
  try {
    await at.addService(1);
    await kept('provision create', 'provision create svc-1');
    at.panel.addForward(3, at.tunnels.hk, { name: 'web' });
    await at.run('poll');
    await kept('service show', 'service show svc-1');
    await kept('provision change-password', 'provision change-password svc-1');
    await kept('provision change-package', 'provision change-package svc-1 big');
    await kept('tunnel list', 'tunnel list');
    await kept('relay users', 'relay users');
    await kept('panel unassigned', 'panel unassigned relay');
    await kept('adopt', 'adopt relay --from panel');
    await kept('adopt apply', 'adopt apply adopted-relay --dry-run');
    await kept('adopt --print-queries', 'adopt relay --from whmcs --print-queries');
    at.panel.addSpeedLimit(at.tunnels.hk, 30, 'shared');
    at.panel.addTunnelGroup('asia', [at.tunnels.hk]);
    await kept('relay speed-limits', 'relay speed-limits');
    await kept('relay tunnel-groups', 'relay tunnel-groups');
    await kept('relay login-link', 'relay login-link svc-1');
    await kept('provision terminate', 'provision terminate svc-1 --yes');
  } finally {
    await at.close();
  }
}

async function onHiddify(documents: Documents): Promise<void> {
  const at = await startHiddifyBench();
  at.bench.edit(', retries: 0', `, publicUrl: ${PUBLIC}$&`);
  const kept = (heading: string, words?: string): Promise<void> =>
    keep(documents, (all) => at.bench.sluice(all.split(' ')), heading, words);
  try {
    at.panel.use(at.panel.addUser({ name: 'anna', agent: at.north, usageLimit: 10 * GB }), 6 * GB);
    at.panel.addUser({ name: 'bela', agent: at.north, usageLimit: 10 * GB });
    await kept('agent limit', 'agent limit north --gb 5 --yes');
    await kept('agent check', 'agent check --all');
    await kept('reconcile');
    await kept('agent list');
    await kept('agent show', 'agent show north');
    await kept('agent explain', 'agent explain north');
    await kept('agent history', 'agent history north');
    await kept('agent can-create-user', 'agent can-create-user north --gb 1');
    await kept('agent restore', 'agent restore north --force');
    await at.bench.sluice('agent limit north --gb 500 --yes');
    await kept('agent create-user', 'agent create-user north --gb 1 --name cora');
    await kept('agent user create', 'agent user create north --gb 1 --name dora');
    await kept('agent user list', 'agent user list north');
    await kept('agent user extend', 'agent user extend north cora --gb 1 --days 5');
    await kept('agent user disable', 'agent user disable north cora --note late');
    await kept('agent user enable', 'agent user enable north cora');
    await kept('agent suspend', 'agent suspend north --note late');
    await kept('agent show', 'agent show north');
    await at.bench.sluice('agent limit north --gb 5 --yes');
    await kept('agent unsuspend', 'agent unsuspend north');
    at.bench.edit(`, publicUrl: ${PUBLIC}`, `, publicUrl: ${PUBLIC}, clientPath: subscribe`);
    await at.create(1);
    await kept('service show', 'service show svc-1');
  } finally {
    await at.close();
  }
}

async function onWhmcs(documents: Documents): Promise<void> {
  const at = await startWhmcsBench({ more: 'billing: whmcs\ncurrency: EUR\n' });
  try {
    at.addService(1);
    at.addService(2);
    at.whmcs.service(2).billingCycle = 'Fortnightly';
    at.whmcs.addService({ id: 3, client: 77, product: 20 });
    const kept = (heading: string, words?: string): Promise<void> =>
      keep(documents, (all) => at.bench.sluice(all.split(' ')), heading, words);
    await kept('service sync');
    at.whmcs.addClient({ id: 78 });
    at.whmcs.mergeClients(77, 78);
    await kept('client merge', 'client merge 77 78');
  } finally {
    await at.close();
  }
}

/** A line with a number, its calls and a bill. */
export async function onTelephony(documents: Documents): Promise<void> {
  const at = await startTelephonyBench();
  const kept = (heading: string, words?: string): Promise<void> =>
    keep(documents, (all) => at.bench.sluice(all.split(' ')), heading, words);
  try {
    await at.addService();
    at.fillCatalogue();
    for (const noun of [
      'customer',
      'subscriber',
      'did',
      'plan-catalog',
      'carrier',
      'country',
      'trunk',
      'route',
      'rate',
    ])
      await kept(`${noun} list`);
    await kept('rate set', 'rate set 701 price_per_minute=0.3000');
    await kept('did suspend', 'did suspend 1140001234');
    at.addCall('2026-10-05T09:00:00-03:00', '0.2320');
    await kept('call simulate', 'call simulate 11987654321 --seconds 45 --plan 11 --local');
    await kept('call records', 'call records --day 2026-10-05');
    await kept('call bill', 'call bill --verify-rating');
    await kept('call report', 'call report --service svc-1 --period 2026-10');
    at.addCall('2026-10-06T09:00:00-03:00', '0.5000');
    await kept('call reconcile');
    await kept('profile check', 'profile check default --against voice');
  } finally {
    await at.close();
  }
}

/** Runs every command that prints a document of its own. */
export async function playDocuments(): Promise<Documents> {
  const documents: Documents = new Map();
  await onEasyDcim(documents);
  await onChannels(documents);
  await inShop(documents);
  await onFlvx(documents);
  await onHiddify(documents);
  await onWhmcs(documents);
  await onTelephony(documents);
  return documents;
}
