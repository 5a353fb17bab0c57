import type { BillingKind, BillingPages } from '@sluice/contract/ports';
import type { PurchaseRecord } from '@sluice/state-store';
import { billingSettings } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import type { BillingParts } from './open-billing.js';

/** How clients pay for packages. */
export interface PaymentTerms {
  /** Whether a purchase that the credit does not cover leaves an invoice to be paid; otherwise it is refused. */
  leavesInvoice: boolean;
  /** Where clients add credit; null where no page is known. */
  topUpUrl: string | null;
  /** Where clients see and pay their invoices; null where no page is known. */
  invoicesUrl: string | null;
}

/** Returns the kind of the config's billing system, and its pages: null where clients are shown no address of it. */
export function findPages({ config, billing }: { config: Config; billing: readonly BillingKind[] }): {
  kind: BillingKind | undefined;
  pages: BillingPages | null | undefined;
} {
  const kind = billing.find((known) => known.kind === config.billing);
  const settings = billingSettings(config, config.billing);
  return { kind, pages: settings === undefined ? undefined : kind?.pages?.(settings) };
}

/** Returns how clients pay, by the config alone. */
export function paymentTerms({ config, deps }: Pick<BillingParts, 'config' | 'deps'>): PaymentTerms {
  const { kind, pages } = findPages({ config, billing: deps.billing });
  const topUpUrl = config.brand.topUpUrl ?? pages?.addFunds ?? null;
  return { leavesInvoice: kind?.clientsPay === true, topUpUrl, invoicesUrl: pages?.invoices ?? null };
}

/** Returns the page of the invoice of a purchase; null where there is no invoice, or no page of it is known. */
export function invoiceUrl(
  { config, deps }: Pick<BillingParts, 'config' | 'deps'>,
  { invoice, billing }: Pick<PurchaseRecord, 'invoice' | 'billing'>,
): string | null {
  if (invoice === null || (billing !== null && billing !== config.billing)) return null;
  return findPages({ config, billing: deps.billing }).pages?.invoice(invoice) ?? null;
}

/** Returns where the invoice of a purchase is: its page, and the billing system that has it. */
export function invoicePlace(
  parts: Pick<BillingParts, 'config' | 'deps'>,
  row: Pick<PurchaseRecord, 'invoice' | 'billing'>,
): { invoiceUrl: string | null; invoiceIn: string | null } {
  // Rows of old versions do not state their billing system, which was that of the config.
  const system: string = row.billing ?? parts.config.billing;
  return { invoiceUrl: invoiceUrl(parts, row), invoiceIn: row.invoice === null ? null : system };
}
