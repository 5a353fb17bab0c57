import type { NumberOwner } from '@sluice/engine';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTelephonyBench, type TelephonyBench, WIRES } from './telephony-bench.js';

let at: TelephonyBench;
afterEach(() => at.close());

interface Changed {
  changed: string[];
  differs: string[];
}

describe.each(WIRES)('the lists of a panel on the wire %s', (wire) => {
  it('are read, filtered, shown and changed', async () => {
    at = await startTelephonyBench(wire);
    const lines = await at.run('subscriber list');
    expect([lines.exitCode, lines.json()]).toEqual([
      0,
      { subscribers: [expect.objectContaining({ id: '9001', username: 'joao1042', plan_id: '11', status: 'active' })] },
    ]);
    expect((await at.run('subscriber list --username joao1042')).json()).toEqual(lines.json());
    expect((await at.run('subscriber list --username joao')).json()).toEqual({ subscribers: [] });
    expect((await at.run('subscriber show joao1042')).json()).toEqual(lines.json());
    const numbers = await at.run('did list --number +551140001234');
    expect(numbers.json()).toMatchObject({ dids: [{ number: '+551140001234', subscriber_id: '9001' }] });
    expect((await at.run('did show 1140001234')).json()).toEqual(numbers.json());
    expect((await at.run('plan-catalog show 11')).json()).toMatchObject({ plans: [{ name: 'Corporativo 30/6' }] });
    expect((await at.run('rate list --prefix 5511')).json()).toMatchObject({ rates: [{ plan_id: '11' }] });
    const set = await at.run('subscriber set joao1042 channels=4');
    expect([set.exitCode, set.json()]).toMatchObject([0, { subscribers: [{ id: '9001', channels: 4 }] }]);
    expect(set.json<Changed>()).toMatchObject({ changed: ['channels'], differs: [] });
    expect((await at.run('subscriber set 9001 channels=4')).json<Changed>().changed).toEqual([]);
    expect(at.bench.printed).not.toMatch(/password":|senha|secret/i);
  });
});

describe('a secret field of a list', () => {
  it('is read from standard input, never from the command line', async () => {
    at = await startTelephonyBench('default');
    const set = (words: string, input: string) =>
      at.bench.sluice(`${words} --json`, { readStdin: () => Promise.resolve(Buffer.from(input)) });
    for (const words of [
      'subscriber set 9001 sip_password=Argv-Secret-99',
      'trunk create name=t password=Argv-Secret-99',
    ]) {
      const refused = await set(words, 'other-Secret-1\n');
      expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'bad_pair' } }]);
      expect(refused.stdout).toContain('password=- and hand it over on standard input');
      expect(refused.stdout).not.toContain('Argv-Secret-99');
    }
    expect((await set('subscriber set 9001 sip_password=-', '\n')).json()).toMatchObject({
      error: { code: 'bad_pair' },
    });
    const changed = await set('subscriber set 9001 sip_password=-', 'New-Secret-77\n');
    expect([changed.exitCode, changed.json<Changed>().changed]).toEqual([0, ['sip_password']]);
    expect(at.panel.subscriber('joao1042').password).toBe('New-Secret-77');
    expect(at.bench.printed).not.toMatch(/Secret-(77|99|1)\b/);
  });
});

describe.each(WIRES)('a number on the wire %s', (wire) => {
  it('is linked, changed, suspended and released by commands that can be repeated', async () => {
    at = await startTelephonyBench(wire);
    await at.addService();
    const number = '1140001234';
    const statusAfter = async (words: string): Promise<unknown> => {
      const { exitCode, json } = await at.run(words);
      expect([words, exitCode, json()]).toMatchObject([words, 0, { service: 'svc-1' }]);
      return json<{ dids: { status: string }[] }>().dids.map(({ status }) => status);
    };
    expect((await at.run(`did suspend ${number} --dry-run --detailed-exitcode`)).exitCode).toBe(4);
    expect(await statusAfter(`did suspend ${number}`)).toEqual(['suspended']);
    expect(await statusAfter(`did suspend ${number}`)).toEqual(['suspended']);
    expect(await statusAfter(`did unsuspend ${number}`)).toEqual(['active']);
    expect(await statusAfter(`did set ${number} --subscriber none`)).toEqual(['available']);
    const again = await at.run(`did set ${number} --subscriber none`);
    expect([again.exitCode, again.json()]).toMatchObject([0, { service: null, actions: [], run: { changes: false } }]);
    expect(await statusAfter(`did link ${number} --service svc-1`)).toEqual(['active']);
    expect(await statusAfter(`did link ${number} --service svc-1`)).toEqual(['active']);
    const unconfirmed = await at.run(`did release ${number}`);
    expect([unconfirmed.exitCode, unconfirmed.json()]).toMatchObject([2, { error: { code: 'not_confirmed' } }]);
    expect((await at.bench.sluice(`did release ${number} --yes`)).exitCode).toBe(0);
    expect((await at.run(`did suspend ${number}`)).exitCode).toBe(1);
    expect((await at.run(`did set ${number} channel=2`)).exitCode).not.toBe(0);
    expect((await at.run(`did set ${number} --subscriber 9002`)).exitCode).toBe(2);
  });

  it('has an owner since it was linked, and until it was given up or its service passed on', async () => {
    at = await startTelephonyBench(wire);
    await at.addService();
    const number = '1140001234';
    const listOwners = async (): Promise<(string | null)[][]> => {
      const { owners } = (await at.run(`call records --did ${number} --from 2026-01-01`)).json<{
        owners: NumberOwner[];
      }>();
      return owners.map(({ service, client, from, to }) => [service, client, from, to]);
    };
    const [released, linked, passed, ended] = [1, 2, 3, 4].map((hours) =>
      new Date(at.bench.clock.now() + hours * 3_600_000).toISOString(),
    );
    const run = async (time: string | undefined, words: string): Promise<void> => {
      at.bench.clock.set(Date.parse(time ?? ''));
      expect([words, (await at.run(words)).exitCode]).toEqual([words, 0]);
    };
    await run(released, `did set ${number} --subscriber none`);
    await run(linked, `did link ${number} --service svc-1`);
    await run(passed, 'service set svc-1 client=8');
    const { client } = (await at.run('service show svc-1')).json<{ client: string }>();
    expect(client).toBe('8');
    await run(ended, `did release ${number} --yes`);
    const seconds = (await listOwners()).map((row) => row.map((cell) => cell?.replace(/:\d\d\.\d{3}Z$/, '') ?? null));
    const minute = (time: string | undefined): string => (time ?? '').slice(0, 16);
    expect(seconds).toEqual([
      ['svc-1', '42', null, minute(released)],
      ['svc-1', '42', minute(linked), minute(passed)],
      ['svc-1', '8', minute(passed), minute(ended)],
    ]);
    const shown = await at.bench.sluice(`call records --did ${number} --from 2026-01-01`);
    expect(shown.stdout + shown.stderr).toMatch(/The number was with svc-1 of client 42 until /);
  });
});

describe('changes of a catalogue', () => {
  beforeEach(async () => {
    at = await startTelephonyBench();
  });

  it('are removed once, and a repeat by id or name is done', async () => {
    expect((await at.run('carrier create name=Sul')).exitCode).toBe(0);
    expect((await at.bench.sluice('carrier remove Sul --yes')).exitCode).toBe(0);
    const again = await at.run('carrier remove Sul --yes');
    expect([again.exitCode, again.json()]).toMatchObject([0, { changed: [], carriers: [{ name: 'Sul' }] }]);
    expect((await at.run('carrier remove Norte --yes')).json()).toMatchObject({ error: { code: 'unknown_record' } });
  });

  it('wait for a change in doubt of the same record only', async () => {
    at.panel.server.inject({ endpoint: 'POST /plans', times: 1, when: 'before', fault: { kind: 'cut' } });
    expect((await at.run('plan-catalog create name=Small')).json()).toMatchObject({
      error: { code: 'outcome_unknown' },
    });
    const message = expect.stringMatching(/create-plan Small: .* may still be made until \S+Z/);
    expect((await at.run('plan-catalog create name=Small')).json()).toMatchObject({
      error: { code: 'outcome_unknown', message },
    });
    expect((await at.run('plan-catalog create name=Large')).exitCode).toBe(0);
  });

  it('wait for a customer in doubt by each of its keys', async () => {
    at.panel.server.inject({ endpoint: 'POST /customers', times: 1, when: 'before', fault: { kind: 'cut' } });
    const create = async (words: string): Promise<unknown> => {
      const { exitCode, json } = await at.run(`customer create ${words}`);
      return exitCode === 0 ? 'done' : json<{ error: { code: string } }>().error.code;
    };
    expect(await create('name=Ana document=98765432100')).toBe('outcome_unknown');
    expect(await create('name=Lima document=987.654.321-00')).toBe('outcome_unknown');
    expect(await create('name=Ana external_ref=crm:7')).toBe('outcome_unknown');
    expect(await create('name=Rui document=111.222.333-44')).toBe('done');
    expect(await create('name=Rui document=11122233344')).toBe('done');
    const shown = await at.run('customer list --name Rui');
    expect(shown.json()).toMatchObject({ customers: [{ document: '11122233344' }] });
    expect(at.panel.server.changingCalls()).toHaveLength(2);
  });

  it('are made once, read back, journalled and previewed', async () => {
    const words = 'rate create plan_id=11 prefix=5521 price_per_minute=0.3100 initial_increment_seconds=30';
    const planned = await at.run(`${words} --dry-run --detailed-exitcode`);
    expect([planned.exitCode, planned.json<{ dryRun: boolean }>().dryRun]).toEqual([4, true]);
    expect(at.panel.server.changingCalls()).toEqual([]);
    const made = await at.run(`${words} --actor bob`);
    expect(made.json()).toMatchObject({ rates: [{ prefix: '5521', price_per_minute: '0.3100' }], differs: [] });
    expect((await at.run(words)).json<Changed>().changed).toEqual([]);
    expect(at.panel.server.changingCalls()).toHaveLength(1);
    const other = await at.run(words.replace('0.3100', '0.5000'));
    expect([other.exitCode, other.json()]).toMatchObject([1, { error: { code: 'record_exists' } }]);
    const [{ id }] = made.json<{ rates: [{ id: string }] }>().rates;
    expect((await at.run(`rate remove ${id}`)).json()).toMatchObject({ error: { code: 'not_confirmed' } });
    expect((await at.run(`rate remove ${id} --yes`)).exitCode).toBe(0);
    expect((await at.run('rate list --prefix 5521')).json()).toEqual({ rates: [] });
    const { entries } = (await at.run('log list --actions')).json<{ entries: { type: string; state: string }[] }>();
    expect(entries.map(({ type, state }) => `${type} ${state}`)).toEqual([
      'delete-rate applied',
      'create-rate applied',
    ]);
  });

  it('remove a rate that can not be read, and no other', async () => {
    const fields = { plan_id: '11', prefix: '55', initial_increment_seconds: 30, increment_seconds: 6 };
    const id = at.panel.add('rates', { ...fields, price_per_minute: '0,29' });
    expect((await at.run('rate list')).json()).toMatchObject({ error: { code: 'PANEL_UNREADABLE' } });
    expect((await at.run('rate remove 799 --yes')).exitCode).toBe(1);
    const removed = await at.run(`rate remove ${id} --yes`);
    expect([removed.exitCode, removed.json()]).toMatchObject([0, { changed: ['id'], rates: [{ id }] }]);
    expect((await at.run('rate list')).json<{ rates: { id: string }[] }>().rates.map((rate) => rate.id)).toEqual([
      '701',
    ]);
  });

  it('say so when a rate that can not be read is still there', async () => {
    const id = at.panel.add('rates', { plan_id: '11', prefix: '55', price_per_minute: '0,29' });
    at.panel.server.inject({ endpoint: 'DELETE /rates/{id}', fault: { kind: 'status', status: 204 } });
    expect((await at.run(`rate remove ${id} --yes`)).json()).toMatchObject({ error: { code: 'not_read_back' } });
  });

  it('refuse values that do not fit, before any call', async () => {
    const refused = {
      'customer create nmae=x': 'did you mean "name"?',
      'rate set 701 price_per_minute=0,29': 'is not an amount such as 0.2320',
      'rate create prefix=55': 'needs plan_id, price_per_minute',
      'rate set 701 price_per_minute=-0.29': 'is not an amount such as 0.2320',
      'rate set 701 price_per_minute=NaN': 'is not an amount such as 0.2320',
      'rate set 701 price_per_minute=0.1234567': 'price_per_minute: "0.1234567" is not a price',
      'rate set 701 price_per_minute=12345678901.5': 'is not a price',
      'rate set 701 price_per_minute=': 'price_per_minute of a rate can not be empty',
      'rate set 701 increment_seconds=': 'increment_seconds of a rate can not be empty',
      'rate create plan_id=11 price_per_minute=1 prefix=+5521': 'prefix: "+5521" is not a prefix',
      'rate set 701 valid_to=2026-02-30': 'valid_to: "2026-02-30" is not a date',
      'rate set 701 valid_from=2026-12-01 valid_to=2026-12-01': 'valid_to: "2026-12-01" is not after valid_from',
      'subscriber set 9001 status=suspended': 'holds and services depend on it',
      'subscriber set 9001 created_at=now': 'can only be read',
      'trunk set 1 port=x': 'is not a whole number',
      'carrier set 1 nothing': 'is not KEY=VALUE',
    };
    for (const [words, message] of Object.entries(refused)) {
      const { exitCode, stderr } = await at.bench.sluice(words);
      expect([words, exitCode, stderr]).toEqual([words, 2, expect.stringContaining(message)]);
    }
    expect(at.panel.server.calls).toEqual([]);
    const missing = await at.run('plan-catalog show nothing');
    expect([missing.exitCode, missing.json()]).toMatchObject([1, { error: { code: 'unknown_record' } }]);
  });

  it('whose answer is lost are found by reading, and never sent twice', async () => {
    const cut = { endpoint: 'POST /plans', fault: { kind: 'cut' } } as const;
    at.panel.server.inject({ ...cut, when: 'after', times: 1 });
    expect((await at.run('plan-catalog create name=Novo')).json<Changed>().changed).toEqual(['name']);
    at.panel.server.inject({ ...cut, when: 'before', times: 1 });
    const lost = await at.run('plan-catalog create name=Outro');
    expect([lost.exitCode, lost.json()]).toMatchObject([1, { error: { code: 'outcome_unknown' } }]);
    expect((await at.run('plan-catalog create name=Outro')).json()).toMatchObject({
      error: { code: 'outcome_unknown' },
    });
    at.bench.clock.advance(11 * 60_000);
    expect((await at.run('plan-catalog create name=Outro')).exitCode).toBe(0);
    const { plans } = (await at.run('plan-catalog list')).json<{ plans: { name: string }[] }>();
    expect(plans.map(({ name }) => name)).toEqual(['Corporativo 30/6', 'Novo', 'Outro']);
  });

  it('are refused for what the panel lacks, before any call', async () => {
    await at.close();
    at = await startTelephonyBench('magnusbilling');
    for (const words of ['country list', 'customer create name=x']) {
      const { exitCode, json } = await at.run(words);
      expect([words, exitCode, json()]).toMatchObject([words, 1, { error: { code: 'unsupported' } }]);
    }
    expect(at.panel.server.calls).toEqual([]);
  });

  it('are shown in lines that fit, whatever a panel has', async () => {
    at.panel.addCustomer({ name: '=cmd|calc\u001b[2J'.padEnd(90, 'x'), email: 'a@example.com' });
    for (const columns of [60, 140]) {
      for (const noun of ['customer', 'subscriber', 'did', 'plan-catalog', 'rate']) {
        let text = '';
        const stdout = { write: (part: string) => (text += part), isTTY: true, columns };
        const { exitCode } = await at.bench.sluice(`--no-color ${noun} list`, { stdout });
        expect([noun, exitCode, text.split('\n').filter((line) => line.length > columns)]).toEqual([noun, 0, []]);
        // oxlint-disable-next-line no-control-regex -- what a terminal would execute
        expect(text).not.toMatch(/\u001b/);
      }
    }
    const { stdout } = await at.bench.sluice('customer list --csv - --columns name');
    expect(stdout).toContain("'=cmd|calc");
  });
});
