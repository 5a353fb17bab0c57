import { describe, expect, it } from '@jest/globals';
import { lineMarker } from '../index.js';
import {
  billKey,
  CallSum,
  createCallReport,
  decideBill,
  IdsDigest,
  invoicePeriod,
  usernameCandidates,
} from './index.js';
import { calls } from './test/fixtures.js';

/** The examples of README.md, with the results that it states. */
describe('the examples of the manual', () => {
  it('a bill from end to end', () => {
    const timeZone = 'America/Sao_Paulo';
    const period = invoicePeriod({ rule: 'previous-month', invoiceDate: '2026-11-05', timeZone });
    expect(period).toEqual({ start: '2026-10-01T00:00:00-03:00', end: '2026-11-01T00:00:00-03:00', timeZone });
    const sum = new CallSum({ period, currency: 'BRL', subscriberId: '9001' });
    const report = createCallReport({ format: 'excel-ptbr', timeZone });
    const ids = new IdsDigest();
    let csv = report.header();
    for (const call of [...calls('cdrs.period.page1'), ...calls('cdrs.period.page2-shifted')]) {
      if (sum.add(call) !== 'counted') continue;
      ids.add(call.id);
      csv += report.row(call);
    }
    csv += report.total(sum.totals());
    expect(csv.split('\r\n')).toHaveLength(1 + 7 + 1 + 1);
    expect(ids.digest()).toBe('sha256:6c521c9b40cb9813f5df10f8309294eb20c4003ca4155afd3b49f2f5734e66ec');
    expect(decideBill({ totals: sum.totals(), billingType: 'postpaid' })).toEqual({
      kind: 'add',
      amount: '1.06',
      currency: 'BRL',
    });
    expect(lineMarker(billKey({ installation: 'demo', subscriberId: '9001', period }))).toBe('AB:7ee238035258');
  });

  it('usernames', () => {
    expect(usernameCandidates({ domain: '', firstName: 'João', orderId: 1042 })).toEqual({
      chosen: false,
      raw: 'João1042',
      username: 'joao1042',
      search: ['João1042', 'joao1042'],
    });
  });
});
