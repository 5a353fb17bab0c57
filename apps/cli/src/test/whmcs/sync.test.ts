import { expect, it } from '@jest/globals';
import type { ServiceDetail } from '@sluice/engine';
import { expectCleanOutput, HOSTILE } from '../hostile-text.js';
import { startForEachTest } from '../each-test.js';
import { interruptAt, startWhmcsBench } from './whmcs-bench.js';

const at = startForEachTest(startWhmcsBench);

const stored = async (): Promise<string[]> => {
  const { services } = (await at.bench.sluice('service list --json')).json<{ services: ServiceDetail[] }>();
  return services.map(({ id }) => id);
};

it('a sync that is refused exits with 1, and prints no secret', async () => {
  at.addService(1);
  at.bench.env['WHMCS_SECRET'] = 'wrong-secret';
  const { exitCode, json } = await at.sync();
  expect([exitCode, json()]).toMatchObject([1, { error: { code: 'billing_unavailable' } }]);
  at.bench.env['WHMCS_SECRET'] = at.whmcs.secret;
  at.whmcs.quirks.denied.add('GetClientsProducts');
  expect((await at.sync('--dry-run')).exitCode).toBe(1);
  const { entries } = (await at.bench.sluice('log list --runs --json')).json<{ entries: object[] }>();
  expect(entries).toMatchObject([{ command: 'service sync', exitCode: 1 }]);
  expect(at.bench.printed).not.toContain(at.whmcs.secret);
});

it('a sync that is interrupted exits with 130', async () => {
  at.addService(1);
  const signal = interruptAt(at.whmcs, 'GetClientsProducts');
  const { exitCode } = await at.bench.sluice('service sync --json', { signal });
  expect([exitCode, await stored()]).toEqual([130, []]);
});

it('a row of no service is named on stderr', async () => {
  at.addService(1);
  const change = (json: unknown): unknown => {
    const { products } = json as { products: { product: Record<string, unknown>[] } };
    for (const row of products.product) row['id'] = null;
    return json;
  };
  at.whmcs.server.inject({ endpoint: 'GetClientsProducts', fault: { kind: 'mutate', change } });
  const { exitCode, stderr } = await at.bench.sluice('service sync');
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^sluice: A service of WHMCS: id: expected/m);
});

it('shows hostile names on one line, and stores no text that a panel must not get', async () => {
  at.addService(1);
  const product = at.whmcs.addProduct({ id: 100, name: HOSTILE, groupId: 9, fields: [HOSTILE] });
  at.whmcs.addService({ id: 100, client: 77, product, fields: { [HOSTILE]: HOSTILE } });
  at.whmcs.addService({ id: 101, client: 77, product: 10, status: HOSTILE });
  at.whmcs.addService({ id: 102, client: 77, product: 10, billingCycle: HOSTILE });
  at.whmcs.setField(1, 'easydcim_user', 'a\r\nX-Admin: 1');
  expect((await expectCleanOutput(at.bench, 'service sync --dry-run')).exitCode).toBe(3);
  expect((await at.sync()).exitCode).toBe(3);
  expect(await stored()).toEqual([]);
});

it('quiet syncs name a status that is not taken over once, when its alarm begins', async () => {
  const { bench, panel } = at;
  at.addService(1);
  await at.sync();
  await at.poll();
  panel.server.inject({ match: () => true, fault: { kind: 'status', status: 503 } });
  await bench.sluice('provision suspend whmcs-1');
  panel.server.clearFaults();
  const named: string[] = [];
  const sync = async (words: string): Promise<void> => {
    bench.clock.advance(900_000);
    const { exitCode, stdout, stderr } = await bench.sluice(`service sync ${words}`);
    expect([exitCode, words.includes('quiet') ? stdout : '']).toEqual([0, '']);
    named.push(stderr.includes('sluice: whmcs-1: WHMCS shows Active, and Sluice keeps it suspended') ? words : '-');
  };
  await sync('--quiet');
  await at.poll('--allow-mass');
  for (const words of ['--quiet --dry-run', '--quiet', '--quiet', '--no-color']) await sync(words);
  expect(named).toEqual(['-', '-', '--quiet', '-', '--no-color']);
});

it('explain names what ends the hold of a service that WHMCS lists, and what lasts until the next sync', async () => {
  const { bench } = at;
  const explained = async (id: string): Promise<string> =>
    (await bench.sluice(`explain ${id}`)).stdout.replaceAll(/\s+/g, ' ');
  at.addService(1, { status: 'Suspended' });
  at.addService(2, { nextDueDate: '2026-11-15' });
  bench.edit('poll: {', 'poll: { overdue: hold,');
  expect((await at.sync()).exitCode).toBe(0);
  expect((await at.poll('--allow-mass')).exitCode).toBe(0);
  expect(await explained('whmcs-1')).toContain(
    'its bill is not paid. Once it is paid and active in WHMCS, the poll after a sync releases it: sluice service sync. Only until the next sync: sluice provision unsuspend whmcs-1. ',
  );
  expect(await explained('whmcs-2')).toContain(
    'It was due on 2026-11-15. Once it is paid in WHMCS, the poll after a sync releases it: sluice service sync. Only until the next sync: sluice provision renew whmcs-2. ',
  );
  const refused = await bench.sluice('hold release whmcs-1');
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    expect.stringContaining('Record its payment in WHMCS, then run'),
  ]);
  await bench.sluice('provision unsuspend whmcs-1');
  expect((await bench.sluice('service show whmcs-1 --json')).json()).toMatchObject({ holds: [] });
  await at.sync();
  await at.poll();
  expect((await bench.sluice('service show whmcs-1 --json')).json()).toMatchObject({ holds: [{ reason: 'billing' }] });
  at.whmcs.service(1).status = 'Active';
  await at.sync();
  expect(await explained('whmcs-1')).toContain(
    ': its bill was not paid, which is no longer a reason to hold it. The next run that reaches the panel releases it: sluice poll --service whmcs-1.',
  );
  await at.poll();
  expect((await bench.sluice('service show whmcs-1 --json')).json()).toMatchObject({ holds: [] });
  bench.edit('panels:', 'enforce: observe\npanels:');
  at.whmcs.service(1).status = 'Suspended';
  await at.sync();
  await at.poll();
  expect(await explained('whmcs-1')).toContain('Its bill is not paid: it is suspended in WHMCS.');
  expect(await explained('whmcs-2')).toContain(
    'Once it is paid in WHMCS and synced, runs that change the panel release it, too. To release it now: sluice provision unsuspend whmcs-2.',
  );
});

it('service sync prints what it adds, changes and ends', async () => {
  at.addService(1);
  at.addService(2, { status: 'Suspended' });
  at.addService(3, { product: 11 });
  at.addService(4, { product: 12 });
  at.whmcs.addService({ id: 6, client: 77, product: 20 });
  const shown = await at.bench.sluice('service sync --dry-run --detailed-exitcode');
  expect(shown.exitCode).toBe(4);
  expect(shown.stdout).toContain(
    'whmcs-2: new\n  panel: dcim\n  product: ports\n  client: 77\n  name: Server & more\n  client_name: Ana 77\n',
  );
  expect((await at.sync()).exitCode).toBe(0);
  expect((await at.bench.sluice('service sync --quiet')).stdout).toBe('');

  at.whmcs.service(1).nextDueDate = '2027-06-15';
  at.whmcs.service(2).status = 'Active';
  at.whmcs.service(3).status = 'Fraud';
  at.whmcs.deleteService(4);
  const second = await at.bench.sluice('service sync');
  expect(second.stdout.split('\n')).toEqual([
    'whmcs-1:',
    '  next_due_date: 2026-12-15 → 2027-06-15',
    'whmcs-2:',
    '  status: suspended → active',
    'whmcs-3: terminated',
    '  status: active → terminated',
    'whmcs-4: vanished',
    '  status: active → vanished',
    expect.stringContaining('skipped, '),
    '4 services: 0 added, 2 changed, 0 unchanged, 1 vanished, 1 terminated, 1 skipped',
    '',
  ]);
});
