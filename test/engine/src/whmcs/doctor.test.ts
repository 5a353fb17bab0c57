import type { DoctorRequest } from '@sluice/engine/options';
import { beforeEach, expect, it } from '@jest/globals';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startWhmcsBench);
beforeEach(async () => {
  const more = 'billing: whmcs\ncurrency: EUR\n';
  await open({ section: ', pushUsage: bytes', more, whmcs: { accessKey: 'Key-1' } });
  at.addService(1);
});

/** The checks of WHMCS, as `status name: message`, and whether the whole is well. */
async function examine(request?: DoctorRequest): Promise<{ ok: boolean; lines: string[] }> {
  const { ok, checks } = await at.sluice.panels.doctor(request);
  // The fake speaks plain http, which each check of it says.
  const own = checks.filter(({ object, name }) => object === 'whmcs' && name !== 'address');
  return { ok, lines: own.map(({ name, status, message }) => `${status} ${name}: ${message}`) };
}

const READS = 'GetClientsProducts, GetProducts, GetClientsDetails, GetInvoices, GetInvoice, GetCredits';
const WRITES = 'UpdateClientProduct, CreateInvoice, UpdateInvoice, ApplyCredit, AddCredit';

it('finds WHMCS well, changes nothing, and reads the services for the contract', async () => {
  at.whmcs.addService({ id: 6, client: 77, product: 20 });
  const contents = (): unknown => structuredClone([at.whmcs.invoices(), at.whmcs.credits(77), at.whmcs.service(1)]);
  const before = contents();
  const rights = `ok rights: the role of the credentials allows ${READS}; not tested, because they change something: ${WRITES}`;
  expect(await examine()).toEqual({ ok: true, lines: ['ok billing system: WHMCS 8.9.0 answered in 0 ms', rights] });
  expect((await examine({ contract: true })).lines).toContain('ok services: 2 are listed, 1 of them are taken');
  expect(contents()).toEqual(before);
  // Only what the config uses is needed.
  for (const key of [', pushUsage: bytes', 'billing: whmcs', ', productGroupIds: [3]']) await at.bench.edit(key, '');
  expect((await examine()).lines).toContain('ok rights: the role of the credentials allows GetClientsProducts');
  at.whmcs.server.clearCalls();
  expect((await examine({ panel: 'dcim' })).lines).toEqual([]);
  expect(at.whmcs.server.calls).toEqual([]);
});

it('names each right that is missing', async () => {
  at.whmcs.quirks.denied = new Set(['WhmcsDetails', 'GetCredits', 'GetInvoice']);
  const { ok, lines } = await examine();
  expect([ok, lines.map((line) => line.replace(/: .*/, ''))]).toEqual([
    false,
    ['warning billing system', 'failed right GetInvoice', 'failed right GetCredits'],
  ]);
  expect(lines[2]).toMatch(/"getcredits" is not allowed.*Allow the action in the API role.*whmcs\.identifier/);
});

it('says why WHMCS can not be used, and what to do', async () => {
  const { quirks, server } = at.whmcs;
  quirks.refusedAddress = '192.0.2.7';
  expect((await examine()).lines).toEqual([
    expect.stringMatching(/^failed billing system: .*192\.0\.2\.7.*Allow this address.*whmcs\.accessKey/),
  ]);
  quirks.refusedAddress = null;
  await at.bench.edit(at.whmcs.secret, 'wrong-secret');
  const wrong = await examine();
  expect(wrong.lines).toEqual([
    expect.stringMatching(/^failed billing system: .*Check whmcs\.identifier and whmcs\.secret/),
  ]);
  expect(wrong.lines.join()).not.toContain('wrong-secret');
  await at.bench.edit('wrong-secret', at.whmcs.secret);
  for (const fault of [{ kind: 'html' }, { kind: 'cut' }, { kind: 'status', status: 503 }] as const) {
    server.inject({ fault });
    const { ok, lines } = await examine();
    expect([ok, lines]).toEqual([false, [expect.stringMatching(/^failed billing system: WHMCS .{20}/)]]);
    server.clearFaults();
  }
  server.inject({
    endpoint: 'WhmcsDetails',
    fault: { kind: 'body', body: { result: 'success', whmcs: { version: '8.4.1' } } },
  });
  const old = await examine();
  expect([old.ok, old.lines[1]]).toEqual([
    true,
    expect.stringMatching(/^warning version: .*8\.4\.1 is older than 8\.9/),
  ]);
  server.clearFaults();
  at.whmcs.server.inject({ endpoint: 'GetClientsProducts', skip: 1, fault: { kind: 'html' } });
  expect((await examine({ contract: true })).lines.at(-1)).toMatch(/^failed services: WHMCS/);
});

it('warns when no sync has run, or the last one is too long ago', async () => {
  const lastSync = async (): Promise<string[]> => {
    const { checks } = await at.sluice.panels.doctor();
    return checks.filter(({ name }) => name === 'last sync').map(({ status, message }) => `${status}: ${message}`);
  };
  expect(await lastSync()).toEqual(['warning: no sync has run yet']);
  // What is asked for by hand brings no other service up to date.
  await at.sync({ service: '1' });
  expect(await lastSync()).toEqual([expect.stringContaining('no sync has run yet')]);
  await at.sync();
  expect(await lastSync()).toEqual(['ok: 2026-11-20T12:00:00.000Z, done']);
  at.bench.clock.advance(46 * 60_000);
  expect(await lastSync()).toEqual([expect.stringMatching(/^warning: 2026-11-20T12:00.* too long ago$/)]);
});
