import { describe, expect, it } from '@jest/globals';
import type { BilledService } from '@sluice/quota-core';
import fc from 'fast-check';
import { matchBilled, type ServiceToMatch } from './match.js';
import { addressKey } from './match-keys.js';

const REFS = ['flvx_user_id', 'hiddify_user_uuid'];

const service = (given: Partial<ServiceToMatch>): ServiceToMatch => ({
  ...{ columns: {}, names: [], addresses: [], emails: [] },
  ...given,
});

const billed = (externalId: string, given: Partial<BilledService> = {}): BilledService => ({
  ...{ id: `whmcs-${externalId}`, externalId, productId: null, productName: null, client: '1', clientName: null },
  ...{ clientEmail: null, status: 'active', billingCycle: 'Monthly', nextDueDate: '2026-12-15', username: null },
  ...{ domain: null, addresses: [], fields: {} },
  ...given,
});

/** The certainties and external ids by the place of the service, and the conflicts. */
function match(services: Partial<ServiceToMatch>[], candidates: BilledService[]) {
  const { matches, conflicts } = matchBilled(services.map(service), candidates, REFS);
  return {
    matches: matches.map((one) => (one === null ? null : `${one.certainty} ${one.strength} ${one.billed.externalId}`)),
    conflicts: conflicts.map((one) => ({ ...one, billed: one.billed.map(({ externalId }) => externalId) })),
  };
}

describe('matchBilled', () => {
  it('proposes by field, name, address, case and e-mail', () => {
    const services = [
      { columns: { flvx_user_id: '7' }, names: ['x'], emails: ['a@x.example'] },
      { names: ['anna'] },
      { names: ['Srv1.Example.com'] },
      { addresses: ['[2001:DB8:0::1]:8080'] },
      { names: ['BERND'] },
      { emails: ['Cleo@X.example'] },
      { names: ['nobody'] },
    ];
    const candidates = [
      billed('5', { username: 'bernd' }),
      billed('1', { fields: { flvx_user_id: ' 7 ' }, clientEmail: 'a@x.example' }),
      billed('6', { clientEmail: 'cleo@x.EXAMPLE ' }),
      billed('2', { username: ' anna ' }),
      billed('3', { domain: 'srv1.example.COM.' }),
      billed('4', { addresses: ['2001:db8::1/64'] }),
    ];
    expect(match(services, candidates)).toEqual({
      matches: [
        ...['field certain 1', 'name probable 2', 'name probable 3', 'address probable 4'],
        ...['name weak 5', 'e-mail weak 6', null],
      ],
      conflicts: [],
    });
  });

  it('does not propose what has ended, or says that it is another', () => {
    const candidates = [
      billed('1', { username: 'anna', status: 'terminated' }),
      billed('2', { username: 'bernd', fields: { flvx_user_id: '9' } }),
      billed('3', { username: 'cleo', fields: { flvx_user_id: '' } }),
    ];
    const services = [
      { names: ['anna'] },
      { names: ['bernd'], columns: { flvx_user_id: '7' } },
      { names: ['cleo'], columns: { flvx_user_id: '8' } },
    ];
    expect(match(services, candidates)).toEqual({ matches: [null, null, 'name probable 3'], conflicts: [] });
  });

  it('names what is ambiguous, with all candidates', () => {
    const candidates = [
      billed('1', { username: 'root', clientEmail: 'a@x.example' }),
      billed('2', { username: 'root', clientEmail: 'a@x.example', addresses: ['192.0.2.2'] }),
      billed('3', { fields: { flvx_user_id: '5' }, username: 'cleo' }),
      billed('4', { fields: { flvx_user_id: '5' }, username: 'dora' }),
    ];
    const services = [
      { names: ['root'], emails: ['a@x.example'] },
      { names: ['root'], addresses: ['192.0.2.2:443'] },
      { names: ['cleo'], columns: { flvx_user_id: '5' } },
    ];
    expect(match(services, candidates)).toEqual({
      matches: [null, 'address probable 2', null],
      conflicts: [
        { by: 'field', value: 'flvx_user_id 5', services: [2], billed: ['3', '4'] },
        { by: 'name', value: 'root', services: [0], billed: ['1', '2'] },
        { by: 'e-mail', value: 'a@x.example', services: [0], billed: ['1', '2'] },
      ],
    });
  });

  it('proposes nothing where a name leads to one and an address to another', () => {
    const candidates = [billed('1', { username: 'anna' }), billed('2', { addresses: ['192.0.2.2'] })];
    expect(match([{ names: ['anna'], addresses: ['192.0.2.2'] }], candidates)).toEqual({
      matches: [null],
      conflicts: [{ by: 'name', value: null, services: [0], billed: ['1', '2'] }],
    });
    const two = [{ names: ['anna'] }, { addresses: ['192.0.2.2'] }];
    expect(match(two, [billed('1', { username: 'anna', addresses: ['192.0.2.2'] })])).toEqual({
      matches: [null, null],
      conflicts: [{ by: 'name', value: null, services: [0, 1], billed: ['1'] }],
    });
  });

  it('does not take names of objects for columns, or one uuid for two', () => {
    const columns = { hiddify_user_uuid: '0F8FAD5B-D9CB-469F-A165-70867728950E' };
    const fields = { hiddify_user_uuid: '0f8fad5b-d9cb-469f-a165-70867728950e' };
    expect(match([{ columns }], [billed('1', { fields })]).matches).toEqual(['field certain 1']);
    const own = matchBilled([service({})], [billed('1')], ['constructor', 'toString']);
    expect(own).toEqual({ matches: [null], conflicts: [] });
  });

  it('compares names in one composition and with any white space', () => {
    const candidates = [billed('1', { username: 'jose\u0301  a' }), billed('2', { username: 'سرور' })];
    expect(match([{ names: ['jos\u00e9 a '] }, { names: ['سرور'] }], candidates).matches).toEqual([
      'name probable 1',
      'name probable 2',
    ]);
  });

  it('compares 20,000 with 20,000', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    const candidates = many.map((index) =>
      billed(String(index), {
        ...{ username: index % 2 === 0 ? `user${index}` : 'root', clientEmail: `c${index % 100}@x.example` },
        addresses: [`2001:db8::${index.toString(16)}`, '192.0.2.1'],
      }),
    );
    const services = many.map((index) => ({
      ...{ names: ['root', `USER${index}`], emails: [`c${index % 100}@x.example`] },
      addresses: [`2001:DB8:0:0::${index.toString(16)}`, '192.0.2.1'],
    }));
    const start = performance.now();
    const { matches, conflicts } = match(services, candidates);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(matches.filter((one) => one?.startsWith('address') === true)).toHaveLength(20_000);
    expect(conflicts).toEqual([]);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1:8080 ', '192.0.2.1'],
    ['192.0.2.1/29', '192.0.2.1'],
    ['2001:0DB8:0:0::0001', '2001:db8::1'],
    ['2001:db8::1/64', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', null],
    ['127.0.0.1:80', null],
    ['::1', null],
    ['', null],
    ['srv1.example.com', null],
    ['192.0.2', null],
    ['192.0.2.1.5', null],
    ['[]', null],
  ])('%s is %s', (text, key) => {
    expect(addressKey(text)).toBe(key);
  });
});

const few = fc.constantFrom('', ' ', 'a', 'A', 'b', 'B', 'c', 'a.example', 'A.example.');
const ip = fc.constantFrom('', '192.0.2.1', '192.0.2.1:1', '192.0.2.2/32', '2001:db8::1', '2001:DB8:0::1', 'x');
const mail = fc.constantFrom('', 'a@x', 'A@X', 'b@x', '@');
const ref = fc.dictionary(fc.constantFrom(...REFS), fc.constantFrom('', '1', '2', '3'));
const anyService = fc.record({
  ...{ columns: ref, names: fc.array(few, { maxLength: 2 }), addresses: fc.array(ip, { maxLength: 2 }) },
  emails: fc.array(mail, { maxLength: 2 }),
});
const anyBilled = fc.record({
  status: fc.constantFrom('active', 'terminated', null),
  ...{ username: few, domain: few, clientEmail: mail, addresses: fc.array(ip, { maxLength: 2 }), fields: ref },
});
const sides = fc.record({
  services: fc.array(anyService, { maxLength: 6 }),
  given: fc.array(anyBilled, { maxLength: 6 }),
  keys: fc.array(fc.double({ noNaN: true }), { minLength: 12, maxLength: 12 }),
});

const shuffled = <T>(list: readonly T[], keys: readonly number[]): T[] =>
  list
    .map((one, index) => ({ one, key: keys[index] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);

it('proposes no billed service twice, none that has ended, and never by an empty text', () => {
  fc.assert(
    fc.property(sides, ({ services, given }) => {
      const candidates = given.map((one, index) => billed(String(index), one as Partial<BilledService>));
      const { matches, conflicts } = matchBilled(services, candidates, REFS);
      const ids = matches.flatMap((one) => one?.billed.id ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      expect(matches).toHaveLength(services.length);
      for (const one of [
        ...matches.flatMap((found) => found?.billed ?? []),
        ...conflicts.flatMap((found) => found.billed),
      ])
        expect(one.status).not.toBe('terminated');
      for (const { value, services: places, billed: found } of conflicts) {
        expect(value?.trim()).not.toBe('');
        expect([places.length > 0, found.length > 0]).toEqual([true, true]);
        for (const place of places) expect(matches[place]).toBeNull();
      }
      const empty = services.map(() =>
        service({ names: ['', ' '], addresses: [''], emails: [' '], columns: { flvx_user_id: ' ' } }),
      );
      expect(matchBilled(empty, candidates, REFS)).toEqual({ matches: empty.map(() => null), conflicts: [] });
    }),
    { numRuns: 500 },
  );
});

it('proposes the same in any order', () => {
  fc.assert(
    fc.property(sides, ({ services, given, keys }) => {
      const candidates = given.map((one, index) => billed(String(index), one as Partial<BilledService>));
      const found = (ofServices: ServiceToMatch[], ofBilled: BilledService[]) => {
        const { matches, conflicts } = matchBilled(ofServices, ofBilled, REFS);
        const place = (index: number): number => services.indexOf(ofServices[index] as (typeof services)[number]);
        const pairs = matches.map(
          (one, index) => `${place(index)} ${one?.certainty} ${one?.strength} ${one?.billed.id}`,
        );
        const open = conflicts.map(
          ({ by, value, services: places, billed: found }) =>
            `${by} ${value} ${places.map(place).sort().join()} ${found
              .map(({ id }) => id)
              .sort()
              .join()}`,
        );
        return [pairs.sort(), open.sort()];
      };
      const own = services.map((one) => ({ ...one }));
      services.splice(0, services.length, ...own);
      expect(found(shuffled(own, keys), shuffled(candidates, [...keys].reverse()))).toEqual(found(own, candidates));
    }),
    { numRuns: 500 },
  );
});
