import { SluiceError } from '@sluice/panel-kind';
import { addMoney, compareMoney } from '@sluice/quota-core';
import type { Context } from '../../context/context.js';
import { requireForReader } from '../../context/find-service.js';
import type { Reader } from '../../context/reader.js';
import { openKnownSource } from './billing-address.js';
import { findSource } from './open-billing.js';

/** What is left to pay of invoices. */
export interface Owed {
  /** Null for several. */
  invoice: string | null;
  amount: string;
  currency: string;
  /** Where it is paid; null where no page is known. */
  url: string | null;
}

/** What a client has to pay for a service in the billing system that lists it. */
export interface DueInvoices {
  /** False where no billing system lists the service, and where its client has too many open invoices to read: nothing is known then. */
  isKnown: boolean;
  /** In the currency of the oldest invoice; null where none is open. */
  owed: Owed | null;
}

const UNKNOWN: DueInvoices = { isKnown: false, owed: null };

/**
 * Reads what a client has to pay for a service in the billing system that lists it; nothing is asked where none does.
 *
 * @throws SluiceError `unknown_service`, also for the service of another client; `billing_unavailable`
 */
export async function findDueInvoices(
  context: Context,
  id: string,
  { reader, signal = context.deps.signal }: { reader?: Reader; signal?: AbortSignal } = {},
): Promise<DueInvoices> {
  const service = await requireForReader(context, id, reader);
  const configured = findSource(context);
  const ref = configured?.kind.serviceRef;
  const own = ref === undefined ? undefined : service.refs[ref];
  if (configured === null || own === undefined) return UNKNOWN;
  const source = await openKnownSource(context, configured);
  try {
    const found = await source.openInvoices(own, signal);
    // One that was given to another client there is his, not of the reader.
    const isOther = (found ?? []).some(({ client }) => client !== service.client);
    if (found === null || isOther) return UNKNOWN;
    const open = found.filter(({ balance }) => compareMoney(balance, '0') > 0);
    const [oldest] = open;
    if (oldest === undefined) return { isKnown: true, owed: null };
    const { currency } = oldest;
    const same = open.filter((invoice) => invoice.currency === currency);
    const amount = same.reduce((sum, { balance }) => addMoney(sum, balance), '0');
    const pages = configured.kind.pages?.(configured.settings) ?? null;
    const invoice = same.length === 1 ? oldest.id : null;
    const url = invoice === null ? pages?.invoices : pages?.invoice(invoice);
    return { isKnown: true, owed: { invoice, amount, currency, url: url ?? null } };
  } finally {
    source.close();
  }
}

/** A message that waits for it keeps others waiting. */
const MESSAGE_MS = 3000;

/** Reads what a client has to pay for its service; null where that can't be read now. */
export type DueReader = (id: string, client: string) => Promise<DueInvoices | null>;

/** Returns a reader for many messages: once the billing system has failed, it is not asked again. */
export function createDueReader(context: Context): DueReader {
  let hasFailed = false;
  return async (id, client) => {
    if (hasFailed) return null;
    const { signal } = context.deps;
    const over = AbortSignal.timeout(MESSAGE_MS);
    try {
      return await findDueInvoices(context, id, { reader: client, signal: AbortSignal.any([signal, over]) });
    } catch (error) {
      if (!(error instanceof SluiceError) && !over.aborted) throw error;
      if (signal.aborted) throw error;
      hasFailed = true;
      return null;
    }
  };
}
