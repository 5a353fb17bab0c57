import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { Senders } from './senders.js';

const OPERATOR = { id: 'tok-1', client: null };
const CLIENT = { id: 'tok-2', client: '42' };

/** A request of an address, with headers. */
function request(headers: Record<string, string> = {}, url = '/api/v1/services', ip = '2001:db8:1:2::9') {
  return { headers, url, ip } as unknown as FastifyRequest;
}

describe('the sender of a request', () => {
  it('is its network, until its credentials were valid and until they are not any more', () => {
    const senders = new Senders();
    const one = request({ authorization: 'Bearer a' });
    expect(senders.find(one)).toBe('network 2001:db8:1:2::/64');
    expect(senders.remember(one, OPERATOR)).toBe('token tok-1');
    expect(senders.find(request({ authorization: 'Bearer a' }, '/', '203.0.113.9'))).toBe('token tok-1');
    senders.forget(one);
    expect(senders.find(one)).toBe('network 2001:db8:1:2::/64');
  });

  it('is the client, by whatever token, session or link', () => {
    const senders = new Senders();
    const all = [
      request({ authorization: 'Bearer b' }),
      request({ cookie: 'sluice=c' }),
      request({}, '/share/d/services/svc-1?x=1'),
    ];
    for (const each of all) expect(senders.remember(each, CLIENT)).toBe('client 42');
    for (const each of all) expect(senders.find(each)).toBe('client 42');
    expect(senders.find(request({}, '/share/d'))).toBe('client 42');
    expect(senders.find(request({}, '/share/other'))).toBe('network 2001:db8:1:2::/64');
    senders.remember(request(), OPERATOR);
    expect(senders.find(request())).toBe('network 2001:db8:1:2::/64');
  });

  it('is remembered of the 10,000 credentials that were used last', () => {
    const senders = new Senders();
    const send = (n: number) => request({ authorization: `Bearer ${n}` });
    for (let n = 0; n < 10_000; n++) senders.remember(send(n), CLIENT);
    senders.find(send(0));
    senders.remember(send(10_000), CLIENT);
    expect([0, 1, 2].map((n) => senders.find(send(n)))).toEqual([
      'client 42',
      'network 2001:db8:1:2::/64',
      'client 42',
    ]);
  });
});
