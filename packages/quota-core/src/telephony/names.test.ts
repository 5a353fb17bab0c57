import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkUsername, customerName, usernameCandidates } from './index.js';
import { catchCode, fixture } from './test/fixtures.js';

interface NameCase {
  firstname: string;
  lastname: string;
  expect: string | null;
  error?: string;
}

interface UsernameCase {
  domain: string;
  firstname: string;
  order_id: number;
  expect: string | null;
  raw?: string;
  error?: string;
}

describe('customerName', () => {
  it.each((fixture('customer-name-cases') as { cases: NameCase[] }).cases)('of $firstname $lastname', (one) => {
    const name = (): string => customerName({ firstName: one.firstname, lastName: one.lastname });
    if (one.expect === null) expect(catchCode(name)).toBe(one.error);
    else expect(name()).toBe(one.expect);
  });

  it('decodes entities once, and not at all when that was done', () => {
    expect(customerName({ firstName: '&amp;amp;', lastName: null })).toBe('&amp;');
    expect(customerName({ firstName: '&amp;', lastName: null, decoded: true })).toBe('&amp;');
    expect(customerName({ firstName: 'Jo&atilde;o &#x1F600; &bogus; &#0;', lastName: null })).toBe('João 😀 &bogus; �');
  });

  it('is one line without accents in two parts', () => {
    expect(customerName({ firstName: 'Jo\u0061\u0303o\u00a0', lastName: '\tda\r\n Silva' })).toBe('João da Silva');
  });
});

describe('usernameCandidates', () => {
  it.each((fixture('username-cases') as { cases: UsernameCase[] }).cases)('of $domain $firstname $order_id', (one) => {
    const source = { domain: one.domain, firstName: one.firstname, orderId: one.order_id };
    if (one.expect === null) expect(catchCode(() => usernameCandidates(source))).toBe(one.error);
    else expect(usernameCandidates(source)).toMatchObject({ username: one.expect, raw: one.raw });
  });

  it('searches for the raw form first, and for one form once', () => {
    expect(usernameCandidates({ domain: null, firstName: 'João', orderId: '1042' }).search).toEqual([
      'João1042',
      'joao1042',
    ]);
    expect(usernameCandidates({ domain: null, firstName: 'ana', orderId: 1 }).search).toEqual(['ana1']);
    expect(usernameCandidates({ domain: 'Ramal', firstName: 'ana', orderId: 1 }).search).toEqual(['Ramal']);
  });

  it.each([null, '', '0', '000', '-1', '1.5', 'x'])('needs an order: %j', (orderId) => {
    expect(catchCode(() => usernameCandidates({ domain: null, firstName: 'Ana', orderId }))).toBe('order_id_missing');
  });

  it('names an order id that is no number', () => {
    const find = (): unknown => usernameCandidates({ domain: null, firstName: 'Ana', orderId: 'o-42' });
    expect(find).toThrow('nor a number as its order id ("o-42")');
  });

  it('creates only what is a username', () => {
    expect(catchCode(() => usernameCandidates({ domain: '', firstName: 'a'.repeat(64), orderId: 1 }))).toBe(
      'username_invalid',
    );
    expect(catchCode(() => usernameCandidates({ domain: '', firstName: '-', orderId: 1 }))).toBe(
      'username_empty_after_reduction',
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: -5, max: 1e6 }), (domain, firstName, orderId) => {
        try {
          const { username } = usernameCandidates({ domain, firstName, orderId });
          expect(checkUsername(username)).toBe(username);
        } catch (error) {
          expect(error).toMatchObject({ name: 'TelephonyError' });
        }
      }),
    );
  });
});
