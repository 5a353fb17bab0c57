import { chmodSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { openStore } from './open-store.js';
import type { StoreTables } from './store.js';
import {
  action,
  cycle,
  decision,
  hold,
  minute,
  notice,
  override,
  proof,
  purchase,
  run,
  sample,
  service,
} from './test/records.js';
import { agent } from './test/agent-records.js';
import { booking, invoice, invoiceLine, moves } from './test/ledger-records.js';
import { findings, isOnPostgres, onFiles, tamper, useStore } from './test/use-store.js';

/** Adds credit, pays an invoice from it, and returns a part. */
async function bill(tables: StoreTables): Promise<void> {
  await tables.ledger.book(booking('b-1'), moves('client:7', 'cash', '10.00'));
  await tables.invoices.open(invoice('inv-1'));
  await tables.invoices.addLine(invoiceLine('line-1'));
  const at = minute(1);
  await tables.ledger.book(booking('b-2', { kind: 'payment', invoice: 'inv-1' }), moves('income', 'client:7', '9.90'));
  await tables.invoices.update('inv-1', { status: 'paid', paidAt: at });
  await tables.ledger.book(booking('b-3', { kind: 'refund', invoice: 'inv-1' }), moves('client:7', 'income', '0.90'));
}

describe('check', () => {
  const at = useStore();

  it('finds nothing in a store that is in use', async () => {
    await at.store.write(async (tables) => {
      await tables.services.put([service('svc-1')]);
      await tables.overrides.set(override('o-1'));
      await tables.cycles.put([cycle('c-1')]);
      await tables.samples.add([sample('svc-1', minute(1))]);
      await tables.purchases.add(purchase('p-1'));
      await tables.holds.add(hold('hold-1'));
      await tables.evidence.add(proof('e-1'));
      await tables.actions.plan([action('a-1')]);
      await tables.decisions.record([decision('svc-1')]);
      await tables.notices.add([notice('n-1')]);
      await tables.runs.start(run('run-1'));
      await bill(tables);
    });
    expect(await findings(at.store)).toEqual([]);
    expect((await at.store.maintenance.check()).map((check) => check.name)).toEqual([
      'integrity',
      'foreign-keys',
      'schema',
      ...(isOnPostgres() ? ['rights', 'encryption', 'connections', 'durability'] : ['permissions']),
      'rows',
      'one-open-hold',
      'one-open-evidence',
      'evidence-of-ended-holds',
      'ledger',
      'invoices',
      'unknown-services',
    ]);
  });

  onFiles('checks a store in memory', async () => {
    const store = await openStore({ location: ':memory:' });
    const checks = await store.maintenance.check();
    await store.close();
    expect([checks.length, checks.filter(({ status }) => status !== 'ok')]).toEqual([11, []]);
  });

  it('finds evidence of a hold that ended, and held services that are gone', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.holds.add(hold('hold-1'));
    await at.store.evidence.add(proof('e-1'));
    await at.store.holds.end('hold-1', minute(1));
    await at.store.holds.add(hold('hold-2', { service: 'svc-9' }));
    expect(await findings(at.store)).toEqual([
      {
        name: 'evidence-of-ended-holds',
        object: 'e-1',
        status: 'warning',
        message: expect.stringContaining('port 7001'),
      },
      {
        name: 'unknown-services',
        object: 'svc-9',
        status: 'failed',
        message: expect.stringContaining('the service does not exist'),
      },
    ]);
  });

  it('finds invariants that were broken behind its back', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.holds.add(hold('hold-1'));
    await at.store.evidence.add(proof('e-1'));
    await tamper(
      at.location,
      'drop index holds_open',
      'drop index evidence_open',
      "insert into holds (id, service, reason, since, until, origin) select 'hold-2', service, reason, since, until, origin from holds",
      "insert into evidence (id, hold, service, panel, kind, target, adopted, since) select 'e-2', 'no-hold', service, panel, kind, target, adopted, since from evidence",
    );
    expect((await findings(at.store)).map((check) => [check.name, check.object])).toEqual([
      ['foreign-keys', 'evidence'],
      ['schema', 'holds_open'],
      ['schema', 'evidence_open'],
      ['one-open-hold', 'svc-1'],
      ['one-open-evidence', 'dcim port 7001'],
    ]);
  });

  it('finds what no version of it created', async () => {
    await tamper(
      at.location,
      ...(isOnPostgres()
        ? [
            'create or replace function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$',
            'create trigger spy after insert on services for each row execute function public.nothing()',
          ]
        : ['create trigger spy after insert on services begin delete from holds; end']),
      'create table extra (id text)',
    );
    const found = (await findings(at.store)).map((check) => [check.name, check.object]);
    expect(found.sort()).toEqual([
      ['schema', 'extra'],
      ['schema', 'spy'],
    ]);
  });

  it('finds wrong sums and balances of the ledger, and wrong totals of invoices', async () => {
    await at.store.write(bill);
    expect(await findings(at.store)).toEqual([]);
    await tamper(
      at.location,
      "update ledger_entries set balance = '11.00' where account = 'client:7' and booking = 'b-1'",
      "update ledger_entries set amount = '9.80' where account = 'income' and booking = 'b-2'",
      "insert into ledger_bookings (id, kind, ref, invoice, description, note, at, actor) select 'b-4', kind, 'new', null, description, note, at, actor from ledger_bookings where id = 'b-1'",
      "update invoices set total = '9.91'",
    );
    expect((await findings(at.store)).map((check) => [check.name, check.object])).toEqual([
      ['ledger', 'b-2'],
      ['ledger', 'b-1'],
      ['ledger', 'b-2'],
      ['ledger', 'b-2'],
      ['ledger', 'b-4'],
      ['invoices', 'inv-1'],
    ]);
    await tamper(
      at.location,
      "update invoices set total = '9.90', status = 'cancelled'",
      "update ledger_entries set amount = 'ten' where booking = 'b-3' and account = 'income'",
    );
    const found = (await findings(at.store)).filter(({ name }) => name !== 'ledger');
    expect(found.map((check) => [check.name, check.object])).toEqual([
      ['rows', 'ledger_entries b-3'],
      ['invoices', 'inv-1'],
    ]);
    expect(found.at(-1)?.message).toBe('It is cancelled, but -9.00 EUR was booked for it.');
  });

  it('finds rows that can not be read, in tables of any length', async () => {
    await at.store.services.put(Array.from({ length: 2500 }, (_, n) => service(`svc-${n}`)));
    await at.store.actions.plan([action('a-1')]);
    await tamper(
      at.location,
      "update services set fields = '[]' where id = 'svc-2222'",
      "update actions set prior = '{'",
    );
    expect((await findings(at.store)).map((check) => [check.name, check.object])).toEqual([
      ['rows', 'actions a-1'],
      ['rows', 'services svc-2222'],
    ]);
  });

  it('finds every damaged row, also of two panels with the same id and at the end of a page', async () => {
    const ids = Array.from({ length: 999 }, (_, n) => `a-${n}`);
    await at.store.agents.put([...ids, 'z'].map((uuid) => agent(uuid)));
    await at.store.agents.put([agent('z', { panel: 'other' })]);
    await at.store.resources.put([{ service: 's', panel: 'vpn', mapping: [], resources: ['port:1'], at: minute(1) }]);
    await at.store.writeBacks.put([{ service: 's', columns: [], at: minute(1) }]);
    await tamper(
      at.location,
      "update agents set figures = '{' where uuid = 'z'",
      "update service_resources set resources = '{'",
      "update write_backs set columns = '7'",
    );
    const objects = (await findings(at.store)).map(({ object }) => object);
    expect(objects.sort()).toEqual(['agents z', 'agents z', 'service_resources s', 'write_backs s']);
  });

  onFiles('warns of a file that others may read', async () => {
    chmodSync(at.location, 0o640);
    expect(await findings(at.store)).toEqual([
      { name: 'permissions', object: at.location, status: 'warning', message: expect.stringContaining('chmod 600') },
    ]);
  });

  it('tells of many findings of one kind only the first', async () => {
    await at.store.services.put(Array.from({ length: 50 }, (_, n) => service(`svc-${n}`)));
    await tamper(at.location, "update services set refs = ''");
    expect(await findings(at.store)).toHaveLength(20);
  });
});
