import type { PurchaseRecord } from '@sluice/state-store';
import { billingSettings } from '../../base/config/find-entry.js';
import type { BillingParts } from './open-billing.js';

/** How clients pay for packages. */
export interface PaymentTerms {
  /** Whether a purchase that the credit does not cover leaves an invoice to be paid; otherwise it is refused. */
  leavesInvoice: boolean;
  /** Where clients add credit; null where no page is known. */
  topUpUrl: string | null;
}

function findPages({ config, deps }: Pick<BillingParts, 'config' | 'deps'>) {
  const kind = deps.billing.find((known) => known.kind === config.billing);
  const settings = billingSettings(config, config.billing);
  return { kind, pages: settings === undefined ? undefined : kind?.pages?.(settings) };
}

/** Returns how clients pay, by the config alone. */
export function paymentTerms(parts: Pick<BillingParts, 'config' | 'deps'>): PaymentTerms {
  const { kind, pages } = findPages(parts);
  const topUpUrl = parts.config.brand.topUpUrl ?? pages?.addFunds ?? null;
  return { leavesInvoice: kind?.clientsPay === true, topUpUrl };
}

/** Returns the page of the invoice of a purchase; null where there is no invoice, or no page of it is known. */
export function invoiceUrl(
  parts: Pick<BillingParts, 'config' | 'deps'>,
  { invoice, billing }: Pick<PurchaseRecord, 'invoice' | 'billing'>,
): string | null {
  if (invoice === null || (billing !== null && billing !== parts.config.billing)) return null;
  return findPages(parts).pages?.invoice(invoice) ?? null;
}
