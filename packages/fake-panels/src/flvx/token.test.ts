import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { issueToken, readToken, tokenLifeSeconds } from './token.js';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(claims: unknown, key = 'key'): string {
  const content = `${encode({ alg: 'anything' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

describe('a token', () => {
  it('is made of the claims that the panel writes, for 90 days', () => {
    const token = issueToken('key', { id: 12, name: 'svc-1', roleId: 1 }, 1_795_156_811);
    const [head = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(head)).toEqual({ alg: 'HmacSHA256', typ: 'JWT' });
    expect(payload).toBe('{"sub":"12","iat":1795156811,"exp":1802932811,"user":"svc-1","name":"svc-1","role_id":1}');
    expect(readToken('key', token)).toEqual({ sub: '12', exp: 1_795_156_811 + tokenLifeSeconds, roleId: 1 });
  });

  it('counts without a role as an administrator, and without an expiry as expired', () => {
    expect(readToken('key', signed({ sub: '1', exp: 5 }))).toEqual({ sub: '1', exp: 5, roleId: 0 });
    expect(readToken('key', signed({ sub: '1', role_id: null }))).toEqual({ sub: '1', exp: 0, roleId: 0 });
  });

  it('is refused with another key, other parts or claims of the wrong type', () => {
    const good = signed({ sub: '1', exp: 5, role_id: 0 });
    expect(readToken('key', good)).not.toBeNull();
    const bad = [
      signed({ sub: '1', exp: 5 }, 'other'),
      `${good}.more`,
      good.slice(0, good.lastIndexOf('.')),
      good.replace('.', '=.'),
      signed({ sub: 1, exp: 5 }),
      signed({ sub: '1', exp: '5' }),
      signed({ sub: '1', exp: 5.5 }),
      signed({ sub: '1', exp: 5, role_id: '0' }),
      signed('text'),
      '',
    ];
    for (const token of bad) expect([token, readToken('key', token)]).toEqual([token, null]);
  });
});
