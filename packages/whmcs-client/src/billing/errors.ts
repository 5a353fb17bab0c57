import type { Credit, Invoice } from '@sluice/contract/ports';
import { formatMoney } from '@sluice/quota-core';
import { isPanelError, type PanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import { AMOUNTS, isBookable } from './amounts.js';

export const TITLE = 'WHMCS';

/** What one call of the port has done so far. */
export interface Progress {
  /** A change may have been made. */
  wrote: boolean;
  signal: AbortSignal | undefined;
}

export function unknownObject(what: 'client' | 'invoice', id: string): SluiceError {
  return new SluiceError(`unknown_${what}`, `${TITLE} has no ${what} "${id}".`, {
    kind: 'not-found',
    details: { [what]: id, billing: TITLE },
  });
}

export function invoiceClosed(invoice: string, why: string): SluiceError {
  return new SluiceError('invoice_closed', `Invoice ${invoice} of ${TITLE} was not changed: ${why}.`, {
    details: { invoice, billing: TITLE },
  });
}

/** The error of an invoice that is not changed because of its status. */
export function notChangeable({ id, status }: Pick<Invoice, 'id' | 'status'>): SluiceError {
  return invoiceClosed(id, `it is ${status === 'open' ? 'being paid or collected' : status}`);
}

/** Why an invoice is not changed or returned that others have a share in. */
export const SHARED = 'it does not have the line of the charge alone';

export function currencyMismatch(client: string, wanted: string, own: string | null): SluiceError {
  const words =
    own === null ? `${TITLE} does not report the currency of client ${client}` : `client ${client} has ${own}`;
  return new SluiceError('currency_mismatch', `The price is in ${wanted}, but ${words}. Nothing was changed.`, {
    details: { client, currency: own, price: wanted, billing: TITLE },
  });
}

/** Refuses to charge a client who is closed in WHMCS. */
export function refuseClosed({ client, closed }: Pick<Credit, 'client' | 'closed'>): void {
  if (closed !== true) return;
  throw new SluiceError('client_closed', `Client ${client} is closed in ${TITLE}. Nothing was charged.`, {
    details: { client, billing: TITLE },
  });
}

/** Refuses an amount that WHMCS would round. */
export function checkAmount(amount: string, currency = ''): void {
  if (isBookable(amount)) return;
  const what = formatMoney(amount, currency);
  throw new SluiceError(
    'bad_amount',
    `${TITLE} can't book ${what} exactly: its amounts have ${AMOUNTS.decimals} decimals in every currency and at most ${AMOUNTS.digits} digits before them. Nothing was changed.`,
    { details: { amount, currency } },
  );
}

export function unclear(what: string, cause?: unknown): SluiceError {
  const why = isPanelError(cause) ? ` ${describe(cause)}` : '';
  const message = `It is not known whether ${TITLE} ${what}.${why} The next attempt finds it out.`;
  return new SluiceError('outcome_unknown', message, { kind: 'billing', cause });
}

/** Runs one call of the port and converts its errors. */
export async function runCall<T>(
  signal: AbortSignal | undefined,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress: Progress = { wrote: false, signal };
  try {
    return await work(progress);
  } catch (error) {
    throw toBillingError(error, progress.wrote);
  }
}

/** Converts what a call ended with to an error of the port. */
export function toBillingError(error: unknown, wrote = false): unknown {
  // An object that is gone after a change does not show whether it was made.
  if (error instanceof SluiceError && !(wrote && error.kind === 'not-found')) return error;
  if (wrote) return unclear('completed the change', error);
  if (!isPanelError(error)) return error;
  const { code, panelCode, status } = error;
  return new SluiceError('billing_unavailable', describe(error), {
    kind: 'billing',
    cause: error,
    details: { code, ...(panelCode === null ? {} : { refusal: panelCode }), status },
  });
}

/** The message of the transport with the name of the product and the config keys to check. */
function describe(error: PanelError): string {
  const statement = error.statement.replace(/^Panel "[^"]*"/, TITLE);
  return `${statement}${keysToCheck(error)}`;
}

function keysToCheck({ code, panelCode }: PanelError): string {
  if (code === 'PANEL_AUTH') return ' Check whmcs.identifier and whmcs.secret in the config.';
  if (panelCode === 'ip_not_allowed') return ' The access key is whmcs.accessKey in the config.';
  if (panelCode === 'permission') return ' The credentials are those of whmcs.identifier in the config.';
  return code === 'PANEL_UNREACHABLE' ? ' The address is whmcs.url in the config.' : '';
}

/** Whether WHMCS does not know the object that a call names. */
export function isMissing(error: unknown, what: 'client' | 'invoice'): boolean {
  if (!isPanelError(error) || error.panelCode !== 'not_found') return false;
  return new RegExp(`${what} (id )?not found`, 'i').test(error.message);
}
