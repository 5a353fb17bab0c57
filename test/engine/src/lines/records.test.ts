import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordChange } from '@sluice/engine';
import type { TelephonyResource } from '@sluice/panel-kind';
import { codeOf, MINUTE } from '../bench/engine-bench.js';
import { startTelephonyBench, WIRES } from '../bench/telephony-bench.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startTelephonyBench);

type Values = Record<string, string>;
const list = async (resource: TelephonyResource, filters?: Values) =>
  (await at.sluice.telephony.list(resource, { filters })).records;
const show = async (resource: TelephonyResource, id: string) => (await at.sluice.telephony.show(resource, id)).records;
const set = (resource: TelephonyResource, id: string, values: Values): Promise<RecordChange> =>
  at.sluice.telephony.set(resource, id, { values });
const create = (resource: TelephonyResource, values: Values): Promise<RecordChange> =>
  at.sluice.telephony.create(resource, values);

describe.each(WIRES)('the lists of a panel on the wire %s', (wire) => {
  it('are read, filtered, shown and changed', async () => {
    await open({ wire });
    const lines = await list('subscribers');
    expect(lines).toEqual([
      expect.objectContaining({ id: '9001', username: 'joao1042', plan_id: '11', status: 'active' }),
    ]);
    expect(await list('subscribers', { username: 'joao1042' })).toEqual(lines);
    expect(await list('subscribers', { username: 'joao' })).toEqual([]);
    expect(await show('subscribers', 'joao1042')).toEqual(lines);
    const numbers = await list('dids', { number: '+551140001234' });
    expect(numbers).toMatchObject([{ number: '+551140001234', subscriber_id: '9001' }]);
    expect(await show('dids', '1140001234')).toEqual(numbers);
    expect(await show('plans', '11')).toMatchObject([{ name: 'Corporativo 30/6' }]);
    expect(await list('rates', { prefix: '5511' })).toMatchObject([{ plan_id: '11' }]);
    const changed = await set('subscribers', 'joao1042', { channels: '4' });
    expect(changed).toMatchObject({ record: { id: '9001', channels: 4 }, changed: ['channels'], differs: [] });
    expect((await set('subscribers', '9001', { channels: '4' })).changed).toEqual([]);
    expect(JSON.stringify([lines, changed])).not.toMatch(/password":|senha|secret/i);
  });

  it('say which fields can be changed, and refuse others before any call', async () => {
    await open({ wire });
    await at.addService();
    const { telephony } = at.sluice;
    const ofLine = (await telephony.show('subscribers', '9001')).changeable;
    const ofNumber = (await telephony.list('dids')).changeable;
    expect((await telephony.line('svc-1')).changeable).toEqual({ subscriber: ofLine, numbers: ofNumber });
    expect(ofLine).toEqual(expect.arrayContaining(['plan_id', 'channels']));
    const kept = ['id', 'username', 'customer_id', 'status', 'created_at'];
    const lacked = wire === 'magnusbilling' ? ['caller_id', 'area_code', 'sip_password'] : [];
    for (const field of ['caller_id', 'area_code', 'sip_password', ...kept])
      expect([field, ofLine.includes(field)]).toEqual([field, ![...kept, ...lacked].includes(field)]);
    expect(ofNumber.includes('destination')).toBe(wire !== 'magnusbilling');
    at.panel.server.clearCalls();
    for (const field of [...kept, ...lacked])
      expect([field, await codeOf(set('subscribers', '9001', { [field]: '1' }))]).toEqual([field, 'bad_value']);
    expect(at.panel.server.calls).toEqual([]);
  });
});

describe('changes of a catalogue', () => {
  beforeEach(async () => {
    await open();
  });

  it('are removed once, and a repeat by id or name is done', async () => {
    await create('carriers', { name: 'Sul' });
    await at.sluice.telephony.remove('carriers', 'Sul');
    expect(await at.sluice.telephony.remove('carriers', 'Sul')).toMatchObject({ changed: [], record: { name: 'Sul' } });
    expect(await codeOf(at.sluice.telephony.remove('carriers', 'Norte'))).toBe('unknown_record');
  });

  it('wait for a change in doubt of the same record only', async () => {
    at.panel.server.inject({ endpoint: 'POST /plans', times: 1, when: 'before', fault: { kind: 'cut' } });
    expect(await codeOf(create('plans', { name: 'Small' }))).toBe('outcome_unknown');
    const message = expect.stringMatching(/create-plan Small: .* the panel may still apply it until \S+Z/) as unknown;
    await expect(create('plans', { name: 'Small' })).rejects.toMatchObject({ code: 'outcome_unknown', message });
    await create('plans', { name: 'Large' });
  });

  it('wait for a customer in doubt by each of its keys', async () => {
    at.panel.server.inject({ endpoint: 'POST /customers', times: 1, when: 'before', fault: { kind: 'cut' } });
    const customer = (values: Values): Promise<string | null> => codeOf(create('customers', values));
    expect(await customer({ name: 'Ana', document: '98765432100' })).toBe('outcome_unknown');
    expect(await customer({ name: 'Lima', document: '987.654.321-00' })).toBe('outcome_unknown');
    expect(await customer({ name: 'Ana', external_ref: 'crm:7' })).toBe('outcome_unknown');
    expect(await customer({ name: 'Rui', document: '111.222.333-44' })).toBeNull();
    expect(await customer({ name: 'Rui', document: '11122233344' })).toBeNull();
    expect(await list('customers', { name: 'Rui' })).toMatchObject([{ document: '11122233344' }]);
    expect(at.panel.server.changingCalls()).toHaveLength(2);
  });

  it('are made once, read back, journalled and previewed', async () => {
    const values = { plan_id: '11', prefix: '5521', price_per_minute: '0.3100', initial_increment_seconds: '30' };
    const planned = await at.sluice.telephony.create('rates', values, { dryRun: true });
    expect(planned.run).toMatchObject({ dryRun: true, changes: true });
    expect(at.panel.server.changingCalls()).toEqual([]);
    const made = await at.sluice.telephony.create('rates', values, { actor: 'bob' });
    expect(made).toMatchObject({ record: { prefix: '5521', price_per_minute: '0.3100' }, differs: [] });
    expect((await create('rates', values)).changed).toEqual([]);
    expect(at.panel.server.changingCalls()).toHaveLength(1);
    const other = create('rates', { ...values, price_per_minute: '0.5000' });
    await expect(other).rejects.toMatchObject({ kind: 'conflict', code: 'record_exists' });
    await at.sluice.telephony.remove('rates', String(made.record['id']));
    expect(await list('rates', { prefix: '5521' })).toEqual([]);
    const { entries } = await at.sluice.log.list({ kinds: ['action'] });
    expect(entries).toMatchObject([
      { type: 'delete-rate', state: 'applied' },
      { type: 'create-rate', state: 'applied' },
    ]);
  });

  it('are named in the log as their commands are', async () => {
    await set('plans', '11', { monthly_price: '1.00' });
    await at.sluice.telephony.create('rates', { plan_id: '11', prefix: '5521', price_per_minute: '0.3100' });
    const { entries } = await at.sluice.log.list({ kinds: ['run'] });
    expect(entries.slice(0, 2)).toMatchObject([{ command: 'rate create' }, { command: 'plan-catalog set' }]);
  });

  it('do not take another rate for the one that was created', async () => {
    const values = { plan_id: '11', prefix: '5533', price_per_minute: '0.5000' };
    const change = (json: unknown): unknown => JSON.parse(JSON.stringify(json).replace(/"id":"\d+"/, '"id":"701"'));
    at.panel.server.inject({ endpoint: 'POST /rates', times: 1, fault: { kind: 'mutate', change } });
    expect(await codeOf(create('rates', values))).toBe('outcome_unknown');
    at.bench.clock.advance(2 * MINUTE);
    expect(await create('rates', values)).toMatchObject({ record: { prefix: '5533' } });
    expect(await list('rates', { prefix: '5533' })).toHaveLength(1);
  });

  it('remove a rate that can not be read, and no other', async () => {
    const fields = { plan_id: '11', prefix: '55', initial_increment_seconds: 30, increment_seconds: 6 };
    const id = at.panel.add('rates', { ...fields, price_per_minute: '0,29' });
    expect(await codeOf(list('rates'))).toBe('PANEL_UNREADABLE');
    expect(await codeOf(at.sluice.telephony.remove('rates', '799'))).not.toBeNull();
    expect(await at.sluice.telephony.remove('rates', id)).toMatchObject({ changed: ['id'], record: { id } });
    expect(await list('rates')).toMatchObject([{ id: '701' }]);
  });

  it('say so when a rate that can not be read is still there', async () => {
    const id = at.panel.add('rates', { plan_id: '11', prefix: '55', price_per_minute: '0,29' });
    at.panel.server.inject({ endpoint: 'DELETE /rates/{id}', fault: { kind: 'status', status: 204 } });
    expect(await codeOf(at.sluice.telephony.remove('rates', id))).toBe('not_read_back');
  });

  it.each([
    [() => create('customers', { nmae: 'x' }), 'did you mean "name"?'],
    [() => set('rates', '701', { price_per_minute: '0,29' }), 'is not an amount such as 0.2320'],
    [() => create('rates', { prefix: '55' }), 'needs plan_id, price_per_minute'],
    [() => set('rates', '701', { price_per_minute: '-0.29' }), 'is not an amount such as 0.2320'],
    [() => set('rates', '701', { price_per_minute: 'NaN' }), 'is not an amount such as 0.2320'],
    [() => set('rates', '701', { price_per_minute: '0.1234567' }), 'price_per_minute: "0.1234567" is not a price'],
    [() => set('rates', '701', { price_per_minute: '12345678901.5' }), 'is not a price'],
    [() => set('rates', '701', { price_per_minute: '' }), 'price_per_minute of a rate can not be empty'],
    [() => set('rates', '701', { increment_seconds: '' }), 'increment_seconds of a rate can not be empty'],
    [
      () => create('rates', { plan_id: '11', price_per_minute: '1', prefix: '+5521' }),
      'prefix: "+5521" is not a prefix',
    ],
    [() => set('rates', '701', { valid_to: '2026-02-30' }), 'valid_to: "2026-02-30" is not a date'],
    [
      () => set('rates', '701', { valid_from: '2026-12-01', valid_to: '2026-12-01' }),
      'valid_to: "2026-12-01" is not after valid_from',
    ],
    [() => set('subscribers', '9001', { status: 'suspended' }), 'holds and services depend on it'],
    [() => set('subscribers', '9001', { created_at: 'now' }), 'can only be read'],
    [() => set('trunks', '1', { port: 'x' }), 'is not a whole number'],
  ])('refuse values that do not fit, before any call (%#): %s', async (change, message) => {
    const refused = change();
    await expect(refused).rejects.toMatchObject({ kind: 'usage' });
    await expect(refused).rejects.toThrow(message);
    expect(at.panel.server.calls).toEqual([]);
  });

  it('need a record that exists', async () => {
    expect(await codeOf(show('plans', 'nothing'))).toBe('unknown_record');
  });

  it('whose answer is lost are found by reading, and never sent twice', async () => {
    const cut = { endpoint: 'POST /plans', fault: { kind: 'cut' } } as const;
    at.panel.server.inject({ ...cut, when: 'after', times: 1 });
    expect((await create('plans', { name: 'Novo' })).changed).toEqual(['name']);
    at.panel.server.inject({ ...cut, when: 'before', times: 1 });
    expect(await codeOf(create('plans', { name: 'Outro' }))).toBe('outcome_unknown');
    expect(await codeOf(create('plans', { name: 'Outro' }))).toBe('outcome_unknown');
    at.bench.clock.advance(11 * MINUTE);
    await create('plans', { name: 'Outro' });
    expect((await list('plans')).map(({ name }) => name)).toEqual(['Corporativo 30/6', 'Novo', 'Outro']);
  });

  it('are refused for what the panel lacks, before any call', async () => {
    await at.close();
    await open({ wire: 'magnusbilling' });
    expect(await codeOf(list('countries'))).toBe('unsupported');
    expect(await codeOf(create('customers', { name: 'x' }))).toBe('unsupported');
    expect(at.panel.server.calls).toEqual([]);
  });
});

describe('a number whose id reads as a telephone number', () => {
  it.each(WIRES)('is found by its id, on the wire %s', async (wire) => {
    await open({ wire });
    for (const id of ['150', '40001234']) {
      at.panel.addDid({ id, number: id === '150' ? '+551140009999' : '+551140008888' });
      expect(await show('dids', id)).toMatchObject([{ id }]);
    }
    expect(await codeOf(show('dids', '199'))).toBe('unknown_record');
    expect(await show('dids', '1140001234')).toMatchObject([{ number: '+551140001234' }]);
  });

  it('is ambiguous where it is the number of another one', async () => {
    await open();
    at.panel.addDid({ id: '150', number: '+551140009999' });
    at.panel.addDid({ id: '7', number: '150' });
    expect(await codeOf(show('dids', '150'))).toBe('ambiguous_record');
    expect(await show('dids', '7')).toMatchObject([{ number: '150' }]);
  });
});
