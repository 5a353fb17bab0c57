import { staffText } from '@sluice/messages/staff';
import type { Plan } from '@sluice/panel-kind';
import { compareMoney, multiplyMoney } from '@sluice/quota-core';
import { creditLeft, type Subscriber } from '@sluice/quota-core/telephony';

/** Reports a postpaid line, once a month, that has less than a tenth of its credit limit left: calls use it up for good, until a refill. */
export function noteCredit(plan: Plan, service: string, line: Subscriber, at: string): void {
  const { credit_limit: limit } = line.extra;
  if (line.billingType !== 'postpaid' || line.status === 'terminated') return;
  const left = creditLeft(line);
  if (left === null || typeof limit !== 'string') return;
  if (compareMoney(limit, '0') <= 0 || compareMoney(multiplyMoney(left, 10), limit) >= 0) return;
  const what = staffText('staff.line.credit', { line: line.id, username: line.username, left, limit });
  const key = `credit_nearly_used:${service}:${at.slice(0, 7)}`;
  (plan.notices ??= []).push({
    code: 'credit_nearly_used',
    key,
    message: staffText('staff.ofService', { service, what }),
  });
}
