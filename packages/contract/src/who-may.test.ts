import { describe, expect, it } from '@jest/globals';
import {
  type CustomerTerms,
  may,
  mayWithFields,
  needsOfLink,
  needsOfScopes,
  onlyReads,
  USE_CASES,
  type UseCase,
  whoMay,
} from './index.js';

const names = Object.keys(USE_CASES) as UseCase[];
const allowed = (needs: ReturnType<typeof needsOfScopes>, client: string | null): UseCase[] =>
  names.filter((name) => may({ client, needs }, name));

const terms = (...fields: string[]): CustomerTerms => ({ fields, passwords: true, observing: false });

describe('who may call a use case', () => {
  it('is for a provider what one of its scopes permits', () => {
    expect(allowed([], null)).toEqual([]);
    const reads = allowed(needsOfScopes(['read'], null), null);
    expect(reads).toEqual(names.filter((name) => onlyReads(name)));
    const operates = allowed(needsOfScopes(['operate'], null), null);
    const ofServer = names.filter((name) => whoMay(name).provider.length === 0);
    expect([...operates, ...ofServer, 'access.create'].sort()).toEqual([...names].sort());
    expect(allowed(needsOfScopes(['tokens'], null), null)).toEqual(
      expect.arrayContaining(['access.create', 'access.list', 'access.revoke']),
    );
  });

  it('is for a client what its rights permit, and never what changes its services by the provider', () => {
    const all = allowed(needsOfScopes(['client:42', 'buy', 'manage', 'password'], '42'), '42');
    expect(all.filter((name) => !onlyReads(name)).sort()).toEqual(
      [
        'autoBuy.clear',
        'autoBuy.set',
        'dids.set',
        'invoices.pay',
        'notices.choose',
        'notices.setAddress',
        'provision.changePassword',
        'purchases.create',
        'telephony.set',
      ].sort(),
    );
    expect(allowed(['read'], '42').every((name) => onlyReads(name))).toBe(true);
  });

  it('is by the fields of the product where a client may change only those', () => {
    const needs = needsOfLink({ buy: false, manage: true, changePassword: false });
    expect(mayWithFields({ client: '42', needs }, 'dids.set', terms('destination'))).toBe(true);
    expect(mayWithFields({ client: '42', needs }, 'dids.set', terms('caller_id'))).toBe(false);
    expect(mayWithFields({ client: null, needs: ['operate'] }, 'dids.set', terms())).toBe(true);
  });

  it('is nothing that changes a panel that is only observed', () => {
    const holder = { client: '42', needs: ['read', 'password'] } as const;
    const observed = { ...terms('sip_password'), observing: true };
    expect(mayWithFields(holder, 'provision.changePassword', terms())).toBe(true);
    expect(mayWithFields(holder, 'provision.changePassword', observed)).toBe(false);
    expect(mayWithFields(holder, 'provision.changePassword', { ...terms('sip_password'), passwords: false })).toBe(
      false,
    );
    expect(mayWithFields(holder, 'services.show', observed)).toBe(true);
    expect(mayWithFields({ client: null, needs: ['operate'] }, 'provision.changePassword', observed)).toBe(true);
  });
});
