import { describe, expect, it } from '@jest/globals';
import { lineMarker } from '../index.js';
import { billKey, compareCalls, IdsDigest, reportFileName } from './index.js';
import { calls, catchCode, fixture, OCTOBER } from './test/fixtures.js';

interface Entry {
  key: string;
  marker: string;
  subscriber_id: string;
  period: { start: string; end: string };
  cdr_digest: string;
}

const [entry] = (fixture('ledger.example') as { entries: Entry[] }).entries;
const bill = { installation: 'demo', subscriberId: '9001', period: OCTOBER };

describe('the key of a bill', () => {
  it('and its marker are those of the example', () => {
    expect(entry!.period).toEqual(OCTOBER);
    expect(billKey(bill)).toBe(entry!.key);
    expect(lineMarker(entry!.key)).toBe(entry!.marker);
  });

  it('has one meaning only', () => {
    const keys = [
      bill,
      { ...bill, installation: 'other' },
      { ...bill, installation: 'dem', subscriberId: 'o9001' },
      { ...bill, subscriberId: '9001|x' },
      { ...bill, period: { ...OCTOBER, end: '2026-11-01T00:00:00-02:00' } },
    ].map((one) => billKey(one));
    expect(new Set(keys).size).toBe(keys.length);
    for (const changes of [
      { installation: 'demo|9001' },
      { installation: '' },
      { subscriberId: '' },
      { period: { ...OCTOBER, end: '2026-11-01T03:00:00.000Z' } },
    ]) {
      expect(catchCode(() => billKey({ ...bill, ...changes }))).toBe('invalid_key');
    }
    expect(catchCode(() => reportFileName({ ...bill, key: 'sha256:abc' }))).toBe('invalid_key');
  });
});

describe('the digest of ids', () => {
  it('is that of the example', () => {
    const digest = new IdsDigest();
    const all = [...calls('cdrs.period.page2'), ...calls('cdrs.period.page1')].sort(compareCalls);
    for (const { id } of all) digest.add(id);
    expect(digest.digest()).toBe(entry!.cdr_digest);
    expect(digest.digest()).toBe(entry!.cdr_digest);
    digest.add('100008');
    expect(digest.digest()).not.toBe(entry!.cdr_digest);
  });
});

describe('the file of a report', () => {
  it('has the id and the dates', () => {
    expect(reportFileName(bill)).toBe('calls_9001_2026-10-01_2026-11-01_7ee238035258.csv');
  });

  it('has the time of a bound inside a day', () => {
    const end = '2026-10-24T09:27:05-03:00';
    const name = reportFileName({ ...bill, period: { ...bill.period, end } });
    expect(name).toMatch(/^calls_9001_2026-10-01_2026-10-24-092705_[0-9a-f]{12}\.csv$/);
  });

  it('is a plain name whatever the id', () => {
    for (const subscriberId of ['../../etc/passwd', '.', '-rf', 'a\u0000b', 'CON', 'ü'.repeat(300), '$(id)']) {
      const name = reportFileName({ ...bill, subscriberId });
      expect(name).toMatch(/^calls_[A-Za-z0-9-]{1,64}_2026-10-01_2026-11-01_[0-9a-f]{12}\.csv$/);
    }
    expect(reportFileName({ ...bill, subscriberId: 'a/b' })).not.toBe(reportFileName({ ...bill, subscriberId: 'a-b' }));
  });
});
