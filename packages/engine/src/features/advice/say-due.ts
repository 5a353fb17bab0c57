import { type Said, say } from '@sluice/messages/said';
import { padMoney } from '@sluice/quota-core';
import type { DueInvoices } from '../billing/due-invoices.js';

/** Returns what a client has to pay for a service in a sentence; null where that is not known. */
export function sayDue({ isKnown, owed }: DueInvoices): Said | null {
  if (!isKnown) return null;
  if (owed === null) return say('due.none');
  const { invoice, currency } = owed;
  const amount = { money: padMoney(owed.amount, currency), currency };
  return invoice === null ? say('due.several', { amount }) : say('due.invoice', { invoice, amount });
}
