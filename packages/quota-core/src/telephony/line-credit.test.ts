import { expect, it } from '@jest/globals';
import { creditLeft, findLineStop, type Subscriber } from './index.js';

const toLine = (
  billingType: Subscriber['billingType'],
  extra: Subscriber['extra'],
  status: Subscriber['status'] = 'active',
) => ({
  ...{ billingType, extra, status },
});

it.each([
  ['prepaid with credit', toLine('prepaid', { credit: '0.0001' }), '0.0001', null],
  ['prepaid without', toLine('prepaid', { credit: '0.0000', credit_limit: '50' }), '0.0000', 'credit'],
  ['prepaid in debt', toLine('prepaid', { credit: '-1.5' }), '-1.5', 'credit'],
  ['postpaid within its limit', toLine('postpaid', { credit: '-49.99', credit_limit: '50' }), '0.01', null],
  ['postpaid at its limit', toLine('postpaid', { credit: '-50', credit_limit: '50' }), '0', 'limit'],
  ['postpaid without a limit', toLine('postpaid', { credit: '0', credit_limit: '0' }), '0', 'limit'],
  ['postpaid whose limit is not known', toLine('postpaid', { credit: '-9' }), null, null],
  ['of another type', toLine(null, { credit: '0', credit_limit: '0' }), null, null],
  ['of a system without credit', toLine('prepaid', {}), null, null],
  ['with credit that is no amount', toLine('prepaid', { credit: '1e3' }), null, null],
  ['suspended', toLine('prepaid', { credit: '5' }, 'suspended'), '5', 'suspended'],
])('reads what a line that is %s has left, and what stops it', (_which, line, left, stop) => {
  expect([creditLeft(line), findLineStop(line)]).toEqual([left, stop]);
});
