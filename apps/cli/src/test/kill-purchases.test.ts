import { fileURLToPath } from 'node:url';
import type { InvoiceView, PurchaseView } from '@sluice/engine';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import { type CommandProcess, startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { DAY, GB, toIds } from './easydcim-bench.js';
import { type KillBench, startKillBench, succeed } from './kill/kill-bench.js';
import { describeOnEachStore, type StoreKind } from './kill/kill-stores.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const KILL_AT_COMMIT = fileURLToPath(new URL('kill/kill-at-commit.mjs', import.meta.url));
const CLIENT = 42;
const PRICE = 5;
const ADDED = 500;

/** More moments than a command has. */
const MOST = 60;

let at: KillBench;
let whmcs: FakeWhmcs;
let system: 'ledger' | 'whmcs';

/** Starts with a service that has half a gigabyte left of its 100, and a client with credit. */
async function open(kind: StoreKind, billing: typeof system, autoBuy: string): Promise<void> {
  system = billing;
  whmcs = closeAfterTest(await startFakeWhmcs());
  whmcs.addClient({ id: CLIENT });
  const { url, identifier, secret } = whmcs;
  const config = `billing: ${billing}
whmcs: { url: "${url}", allowHttp: true, identifier: ${identifier}, secret: "\${env:WHMCS_SECRET}" }
currency: EUR
packages: { extra: { traffic: 1GB, price: "${PRICE}.00" } }`;
  at = closeAfterTest(await startKillBench(kind, config));
  at.env['WHMCS_SECRET'] = at.bench.env['WHMCS_SECRET'] = secret;
  const product = `  ports: { panel: dcim, quota: { total: 100GB }, packages: [extra], autoBuy: ${autoBuy} }`;
  at.bench.edit(/^ {2}ports: .*$/m, product);
  const ids = toIds(1);
  at.panel.addService({ id: ids.service, orderId: ids.order, serverId: ids.server, user: 11, ports: [] });
  use(99.5);
  const due = new Date(Date.now() + 12 * DAY).toISOString().slice(0, 10);
  const refs = `easydcim_service_id=${ids.service} easydcim_order_id=${ids.order} easydcim_server_id=${ids.server}`;
  const values = `panel=dcim product=ports client=${CLIENT} billing_cycle=monthly next_due_date=${due} ${refs}`;
  await succeed(at, `service add svc-1 ${values}`);
  await succeed(at, 'poll');
  if (system === 'whmcs') whmcs.addCredit(CLIENT, `${ADDED}.00`);
  else await succeed(at, `credit add ${CLIENT} ${ADDED} --currency EUR`);
}

function use(gigabytes: number): void {
  at.panel.addTraffic(toIds(1).service, { in: gigabytes * GB, out: 0, at: Date.now() - 60_000 });
}

/** Where a command is killed: before its n-th commit, or in its n-th call to WHMCS, before or after the work. */
type Moment = 'commit' | 'call' | 'work';

/** Runs the built command and kills it there; returns whether it came to that. */
async function killed(words: string, moment: Moment, n: number): Promise<boolean> {
  const env: Record<string, string> = { ...at.env };
  if (moment === 'commit') {
    env['NODE_OPTIONS'] = `--import=${KILL_AT_COMMIT}`;
    env['KILL_AT_COMMIT'] = String(n);
  }
  const run: CommandProcess = startCommand(words.split(' '), { cwd: at.bench.folder, env });
  let calls = 0;
  // A charge looks for its key in each of them.
  const earlier = new Set(whmcs.invoices(CLIENT).map(({ id }) => String(id)));
  const off = whmcs.server.inject({
    when: moment === 'work' ? 'after' : 'before',
    match: ({ changing, body }) => {
      if (moment === 'commit' || (moment === 'work' && !changing)) return false;
      if (earlier.has(new URLSearchParams(body).get('invoiceid') ?? '')) return false;
      if (++calls < n) return false;
      run.kill();
      return true;
    },
    fault: { kind: 'cut' },
  });
  const { signal } = await run.ended;
  off();
  return signal === 'SIGKILL';
}

/** The purchases: each is paid and has the one invoice that it names, and the client spent their price. */
async function expectBooked(): Promise<PurchaseView[]> {
  const { purchases } = (await succeed(at, 'purchase list --json')).json<{ purchases: PurchaseView[] }>();
  expect(purchases.map(({ status }) => status)).toEqual(purchases.map(() => 'paid'));
  const { paid, open: unpaid, credit } = await booked();
  expect(purchases.map(({ invoice }) => invoice).sort()).toEqual(paid.sort());
  expect([unpaid, credit]).toEqual([[], ADDED - PRICE * purchases.length]);
  return purchases;
}

async function booked(): Promise<{ paid: string[]; open: string[]; credit: number }> {
  const ids = (all: { id: string | number; status: string }[], ...wanted: string[]): string[] =>
    all.filter(({ status }) => wanted.includes(status)).map(({ id }) => String(id));
  if (system === 'whmcs') {
    const all = whmcs.invoices(CLIENT);
    return { paid: ids(all, 'Paid'), open: ids(all, 'Draft', 'Unpaid'), credit: Number(whmcs.credit(CLIENT)) };
  }
  const all = (await succeed(at, 'invoice list --json')).json<{ invoices: InvoiceView[] }>().invoices;
  const { balance } = (await succeed(at, `credit show ${CLIENT} --json`)).json<{ balance: string }>();
  return { paid: ids(all, 'paid'), open: ids(all, 'open'), credit: Number(balance) };
}

/** Kills a command at each moment in turn until it ends by itself; at every fourteenth or twenty-fifth one unless the long tests run. */
async function killAtEach(
  moments: readonly Moment[],
  each: (moment: Moment, n: number) => Promise<boolean>,
): Promise<void> {
  for (const moment of moments) {
    let n = 1;
    while (await each(moment, n)) {
      n += LONG ? 1 : moment === 'work' ? 14 : 25;
      if (n > MOST) throw new Error(`The command has too many moments (${moment}).`);
    }
    expect(n).toBeGreaterThan(2);
  }
}

/** Whose charges are killed, and where; on PostgreSQL those of WHMCS only with the long tests. */
const SYSTEMS = [
  ['ledger', ['commit']],
  ['whmcs', ['commit', 'call', 'work']],
] as ['ledger' | 'whmcs', Moment[]][];

describeOnEachStore((kind) => {
  const isSkipped = kind !== 'a file' && !LONG;
  const because = isSkipped ? ' (in npm run test:long)' : '';
  const most = isSkipped ? it.skip : it;

  describe.each(kind === 'a file' || LONG ? SYSTEMS : SYSTEMS.slice(0, 1))(
    'a charge by the %s that is killed at any step',
    (billing, moments) => {
      most(
        `of "purchase create" ends with one purchase and one invoice, or none, and a repeat with one${because}`,
        async () => {
          await open(kind, billing, '{ enabled: false }');
          let bought = 0;
          const seen = new Set<number>();
          await killAtEach(moments, async (moment, n) => {
            const buy = `purchase create svc-1 extra --ref ${moment}-${n}`;
            const wasKilled = await killed(buy, moment, n);
            const stored = await at.bench.store(async (store) => (await store.purchases.list()).length);
            await succeed(at, 'poll');
            expect(await expectBooked()).toHaveLength(stored);
            seen.add(stored - bought);
            await succeed(at, buy);
            expect(await expectBooked()).toHaveLength((bought += 1));
            return wasKilled;
          });
          expect(seen).toEqual(new Set([0, 1]));
        },
      );

      it('whose credit is too little ends with one invoice to pay, mailed once', async () => {
        if (billing === 'ledger') return;
        await open(kind, billing, '{ enabled: false }');
        whmcs.world.credits.length = 0;
        Object.assign(whmcs.world.clients.get(CLIENT) ?? {}, { credit: 0n });
        await killAtEach(LONG ? moments : moments.slice(-1), async (moment, n) => {
          const buy = `purchase create svc-1 extra --ref ${moment}-${n}`;
          const wasKilled = await killed(buy, moment, n);
          await succeed(at, 'poll');
          await succeed(at, buy);
          const { open: unpaid } = await booked();
          expect([...whmcs.mails()].sort()).toEqual(unpaid.map(Number).sort());
          return wasKilled;
        });
      });

      it('of a poll that buys ends with one purchase and one invoice', async () => {
        await open(kind, billing, '{ enabled: true, package: extra, thresholdGb: 1, maxPerCycle: 200 }');
        await succeed(at, 'poll');
        let bought = (await expectBooked()).length;
        expect(bought).toBe(1);
        await killAtEach(LONG ? moments : moments.slice(0, 2), async (moment, n) => {
          use(1);
          const wasKilled = await killed('poll', moment, n);
          await succeed(at, 'poll');
          expect(await expectBooked()).toHaveLength((bought += 1));
          return wasKilled;
        });
      });
    },
  );
});
