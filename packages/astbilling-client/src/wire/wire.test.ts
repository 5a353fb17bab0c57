import { describe, expect, it } from '@jest/globals';
import { builtInProfiles, parseProfile } from '../profile/load.js';
import type { CallOperation, OperationName, Profile, ResourceName } from '../profile/schema.js';
import { fixture, fixtureText } from '../test/fixture.js';
import { Codec } from './codec.js';
import { findFailure } from './failure.js';
import { writeForm, writeJson } from './form.js';
import { Mismatch } from './mismatch.js';
import { formatMoney, parseMoney } from './money.js';
import { formatPhone, parsePhone } from './phones.js';
import { findAt } from './pointer.js';
import { type RequestParts, RequestWriter, writeBody } from './request.js';
import { createNonceSource, signBody } from './sign.js';
import { formatTime, parseDate, parseDuration, parseTime } from './times.js';

const pt = parseProfile(fixture('profile.pt-envelope'));
const magnus = builtInProfiles.magnusbilling;

/** What the records of a sample must become: amounts compare as numbers, times as instants. */
function comparable(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => {
      if (/_at$/.test(field) && typeof value === 'string') return [field, new Date(value).toISOString()];
      if (/charge|price|fee|^credit/.test(field) && typeof value === 'string') return [field, Number(value)];
      return [field, value === 'unlimited' ? null : value];
    }),
  );
}

const samples: [string, Profile, ResourceName, string][] = [
  ['profile-magnus.cdrs', magnus, 'cdrs', 'profile-magnus.cdrs'],
  ['profile-magnus.subscribers.list', magnus, 'subscribers', 'profile-magnus.subscribers.list'],
  ['profile-magnus.customers.list', magnus, 'customers', 'profile-magnus.subscribers.list'],
  ['profile-magnus.dids.list', magnus, 'dids', 'profile-magnus.dids.list'],
  ['profile-magnus.rates.list', magnus, 'rates', 'profile-magnus.rates.list'],
  ['profile-pt.cdrs', pt, 'cdrs', 'profile-pt.cdrs'],
  ['profile-pt.subscribers.list', pt, 'subscribers', 'profile-pt.subscribers.list'],
];

describe('what a system sends', () => {
  it.each(samples)('becomes %s.canonical.json', (canonical, profile, resource, wire) => {
    const expected = fixture<Record<string, unknown>[]>(`${canonical}.canonical`);
    const rows = findAt(JSON.parse(fixtureText(`${wire}.wire`)), profile.envelope.list ?? '')?.value as object[];
    const codec = new Codec(profile, resource);
    expect(rows).toHaveLength(expected.length);
    rows.forEach((row, index) => {
      const record = codec.decode(row);
      const sample = expected[index] ?? {};
      // A DID without a subscriber is available where the profile has no word for it; the client says so.
      if (record['subscriber_id'] === null && sample['status'] === 'available') record['status'] = 'available';
      expect(comparable(record)).toMatchObject(comparable(sample));
      expect(JSON.stringify(record)).not.toContain('<sip password>');
    });
  });

  it.each([
    ['profile-magnus.error', magnus],
    ['profile-magnus.error-fields', magnus],
    ['profile-magnus.error-text', magnus],
    ['profile-magnus.missing', magnus],
    ['profile-magnus.blocked-word', magnus],
    ['profile-pt.error', pt],
  ] as const)('is refused as %s.canonical.json', (name, profile) => {
    const { _http, _body_text, ...json } = fixture<{ _http: { status: number }; _body_text?: string }>(`${name}.wire`);
    const reply =
      _body_text === undefined ? { status: _http.status, text: '', json } : { status: _http.status, text: _body_text };
    const { code, message, details } = fixture(`${name}.canonical`);
    expect(findFailure(profile, {}, reply)).toMatchObject({ kind: code, message, details });
  });

  it.each([
    ['a status without a meaning', { activated: 7 }, 'resources.dids.values.status'],
    ['a list for a text', { did: ['x'] }, 'resources.dids.fields.number'],
    ['a comma in an amount', { fixrate: '1,5' }, 'resources.dids.fields.monthly_price'],
    ['no id', { id: null }, 'resources.dids.idField'],
  ])('is refused for %s, by its path in the profile and without the value', (_, change, path) => {
    const row = { id: 1, did: '5511', activated: 1, fixrate: 0, ...change };
    const codec = new Codec(magnus, 'dids');
    expect(() => codec.decode(row)).toThrow(Mismatch);
    try {
      codec.decode(row);
    } catch (error) {
      expect(error).toMatchObject({ path });
    }
  });

  it('keeps unknown words of a disposition, and an absent charge is not zero', () => {
    const row = { id: 1, sipiax: 0, starttime: '2026-10-01 00:00:00', real_sessiontime: 1, terminatecauseid: 99 };
    expect(new Codec(magnus, 'cdrs').decode(row)).toMatchObject({ disposition: '99' });
    expect(new Codec(magnus, 'cdrs').decode(row)).not.toHaveProperty('charge');
  });
});

const firstPage: RequestParts['page'] = Object.entries({ start: 0, limit: 500 });
const requests: [string, ResourceName, OperationName, RequestParts][] = [
  ['create', 'subscribers', 'create', { record: fixture('profile-magnus.create.input.canonical') }],
  ['find', 'subscribers', 'find', { filters: { username: 'joao1042' }, page: firstPage }],
  ['suspend', 'subscribers', 'update', { id: '9001', record: { status: 'suspended' } }],
  ['did-link', 'dids', 'link', { id: '4001', record: { subscriber_id: '9001' }, results: { sip_id: '7001' } }],
  [
    'cdrs',
    'cdrs',
    'list',
    {
      filters: { subscriber_id: '9001' },
      range: { from: '2026-10-01T03:00:00.000Z', to: '2026-11-01T03:00:00.000Z' },
      page: firstPage,
    },
  ],
];

describe('what is sent', () => {
  it.each(requests)(
    'is profile-magnus.%s.request.json byte by byte, with its signature',
    (name, resource, operation, parts) => {
      const sample = fixture<{
        path: string;
        query?: [string, string][];
        headers: Record<string, string>;
        _body_text: string;
        _credential: string;
        _nonce: string;
      }>(`profile-magnus.${name}.request`);
      const writer = new RequestWriter(magnus);
      const request = writer.write(
        resource,
        magnus.resources[resource]?.operations?.[operation] as CallOperation,
        parts,
      );
      const body = writeBody(request, [['nonce', sample._nonce]]) ?? '';
      expect(body).toBe(sample._body_text);
      expect(request.path).toBe(sample.path);
      expect(request.query).toEqual(sample.query ?? []);
      if (magnus.auth.kind !== 'hmac') throw new Error('not signed');
      expect(signBody(magnus.auth, sample._credential, body)).toEqual({
        Key: sample.headers['Key'],
        Sign: sample.headers['Sign'],
      });
    },
  );

  it('is profile-pt.suspend.request.json', () => {
    const sample = fixture<{ path: string; form: [string, string][] }>('profile-pt.suspend.request');
    const update = pt.resources.subscribers?.operations?.update as CallOperation;
    const request = new RequestWriter(pt).write('subscribers', update, { id: '9001', record: { status: 'suspended' } });
    expect([request.path, request.body]).toEqual([sample.path, sample.form]);
  });

  it.each([
    ['subscribers', 'subscriber.create.request'],
    ['customers', 'customer.create.request'],
    ['dids', 'did.create.request'],
    ['simulator', 'simulator.request'],
    ['reports', 'report.create.request'],
  ] as const)('is %s as in %s.json in the default profile', (resource, name) => {
    const body = fixture(name);
    const record = Object.fromEntries(
      Object.entries(body).map(([field, value]) =>
        /^(at|from|to)$/.test(field) ? [field, new Date(String(value)).toISOString()] : [field, value],
      ),
    );
    const { create, simulate } = builtInProfiles.default.resources[resource]?.operations ?? {};
    const request = new RequestWriter(builtInProfiles.default).write(resource, (create ?? simulate) as CallOperation, {
      record,
    });
    expect(JSON.parse(writeBody(request) ?? '')).toEqual(body);
  });

  it('asks a system with inclusive ends up to one second before the end', () => {
    const list = pt.resources.cdrs?.operations?.list as CallOperation;
    const range = { from: '2026-10-01T03:00:00.000Z', to: '2026-11-01T03:00:00.000Z' };
    expect(new RequestWriter(pt).write('cdrs', list, { range, page: [] }).query).toEqual([
      ['data_inicial', '01/10/2026 00:00:00'],
      ['data_final', '31/10/2026 23:59:59'],
    ]);
  });

  it('refuses fields that the profile can not send, and ids that climb', () => {
    const writer = new RequestWriter(magnus);
    const update = magnus.resources.subscribers?.operations?.update as CallOperation;
    expect(() => writer.write('subscribers', update, { id: '1', record: { sip_password: 'x' } })).toThrow(
      'sip_password',
    );
    const get: CallOperation = { method: 'GET', path: '/{id}' };
    for (const id of ['.', '..', '']) expect(() => writer.write('dids', get, { id })).toThrow('path');
    expect(writer.write('dids', get, { id: '../a?b' }).path).toBe('/mbilling/index.php/did/..%2Fa%3Fb');
  });

  it('writes names with dots and lists for forms and JSON', () => {
    expect(
      writeForm([
        ['plano.id', 1],
        ['l', ['a b', '*']],
        ['n', null],
        ['t', true],
        ['u', undefined],
        ['é~', '\ud800'],
      ]),
    ).toBe('plano%5Bid%5D=1&l%5B0%5D=a+b&l%5B1%5D=%2A&n=&t=true&%C3%A9%7E=%EF%BF%BD');
    expect(
      writeJson([
        ['a.b', 1],
        ['a.c', [2]],
        ['__proto__', 'x'],
      ]),
    ).toBe('{"a":{"b":1,"c":[2]},"__proto__":"x"}');
  });

  it('signs as the panel checks it, with growing nonces', () => {
    const body =
      'module=user&action=read&start=0&limit=25&filter=%5B%7B%22type%22%3A%22numeric%22%2C%22field%22%3A%22username%22%2C%22comparison%22%3A%22eq%22%2C%22value%22%3A%22jo%C3%A3o+1%2A%22%7D%5D&nonce=1760000000123456';
    const auth = magnus.auth as Extract<Profile['auth'], { kind: 'hmac' }>;
    expect(signBody(auth, 'demo-key:demo-secret-00000001', body)['Sign']).toBe(
      '8edb26806c16c22b3f2bb6d4d6fd29373539d715d5c7dd82f1d7417db079515be8b2a72c012a411e6b39fb07870f7936ae65f2ee98f774b0726cc1f1329f6412',
    );
    let now = 1_760_000_000_123;
    const nonce = createNonceSource(
      () => now,
      () => 'id',
    );
    expect([nonce('epoch-micros'), nonce('epoch-micros'), nonce('uuid')]).toEqual([
      '1760000000123000',
      '1760000000123001',
      'id',
    ]);
    now -= 10;
    expect(nonce('epoch-micros')).toBe('1760000000123002');
  });
});

describe('values', () => {
  it.each([
    ['0,2320', 'decimal-comma-string', '0.2320'],
    ['1.234,56', 'decimal-comma-string', null],
    ['0.10', 'decimal-string', '0.10'],
    [0.1, 'decimal-string', null],
    ['1.0e-5', 'number', '0.000010'],
    [1e-7, 'number', '0.0000001'],
    ['-0', 'number', '0'],
    ['1e999', 'number', null],
    ['0,5', 'number', null],
    [1234, 'integer-cents', '12.34'],
    ['12.5', 'integer-cents', null],
    ['', 'number', null],
    [null, 'number', null],
  ] as const)('reads %p as %s', (wire, format, amount) => {
    const parsed = parseMoney(wire, format);
    expect(parsed === null ? null : Number(parsed)).toBe(amount === null ? null : Number(amount));
    if (typeof wire === 'string' && amount !== null && !wire.includes('e')) expect(parsed).toBe(amount);
  });

  it('writes amounts, and refuses to lose digits', () => {
    expect(formatMoney('12.50', 'number')).toBe('12.50');
    expect(formatMoney('12.5', 'number')).toBe(12.5);
    expect(formatMoney('12.50', 'decimal-comma-string')).toBe('12,50');
    expect(formatMoney('12.5', 'integer-cents')).toBe(1250);
    expect(() => formatMoney('0.005', 'integer-cents')).toThrow(RangeError);
    expect(() => formatMoney('1e5', 'number')).toThrow(RangeError);
  });

  it.each([
    ['2026-10-01T00:00:00-03:00', 'iso8601-offset', '2026-10-01T03:00:00.000Z'],
    ['2026-10-01T00:00:00.5Z', 'iso8601-utc', '2026-10-01T00:00:00.500Z'],
    ['2026-10-01T00:00:00', 'iso8601-offset', '2026-10-01T03:00:00.000Z'],
    ['2018-11-04 00:30:00', 'sql-local', '2018-11-04T03:00:00.000Z'],
    ['31/10/2026 23:59:59', 'br-local', '2026-11-01T02:59:59.000Z'],
    ['1790823600', 'epoch-seconds', '2026-10-01T03:00:00.000Z'],
    ['2026-02-30T00:00:00Z', 'iso8601-offset', null],
    ['10/31/2026 23:59:59', 'br-local', null],
    ['0000-00-00 00:00:00', 'sql-local', null],
    ['yesterday', 'sql-local', null],
  ] as const)('reads the time %s (%s)', (wire, datetime, instant) => {
    expect(parseTime(wire, { datetime, timezone: 'America/Sao_Paulo' })).toBe(instant);
  });

  it('writes times in the zone of the profile', () => {
    const write = (datetime: Profile['formats']['datetime']) =>
      formatTime('2026-10-01T03:00:00.000Z', { datetime, timezone: 'America/Sao_Paulo' });
    expect(write('iso8601-offset')).toBe('2026-10-01T00:00:00-03:00');
    expect(write('iso8601-utc')).toBe('2026-10-01T03:00:00Z');
    expect(write('sql-local')).toBe('2026-10-01 00:00:00');
    expect(write('br-local')).toBe('01/10/2026 00:00:00');
    expect(write('epoch-seconds')).toBe(1_790_823_600);
    expect(parseDate('01/10/2026', 'br')).toBe('2026-10-01');
    expect(parseDate('2026-13-01', 'iso')).toBeNull();
    expect([
      parseDuration('01:00:01', 'hh:mm:ss'),
      parseDuration('0.1', 'decimal-minutes'),
      parseDuration('-1', 'seconds'),
    ]).toEqual([3601, 6, null]);
  });

  it.each([
    ['551140001234', 'digits', '+551140001234'],
    ['1140005678', 'digits', '1140005678'],
    ['11987654321', 'digits', '11987654321'],
    ['12125551234', 'digits', '+12125551234'],
    ['190', 'digits', '190'],
    ['40041234', 'digits', '40041234'],
    ['08001234567', 'digits', '08001234567'],
    ['anonymous', 'digits', 'anonymous'],
    ['1140001234', 'national-br', '+551140001234'],
    ['+351912345678', 'national-br', '+351912345678'],
    ['33334444', 'national-br', '+551133334444'],
    ['40041234', 'national-br', '40041234'],
  ] as const)('reads the number %s (%s) as %s and writes it back', (wire, format, number) => {
    expect(parsePhone(wire, format, '11')).toBe(number);
    if (wire !== '33334444') expect(formatPhone(number, format)).toBe(wire);
  });
});
