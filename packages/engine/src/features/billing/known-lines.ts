import { type BillingSystem, hasLine, type Invoice } from '@sluice/contract/ports';
import type { Context } from '../../context/context.js';
import { nullIfUnknown } from './refusals.js';

/** So many invoices are read, the newest. */
export const MOST_INVOICES = 5;

/** A line that was put on an invoice. */
export interface KnownLine {
  invoice: string;
  at: string;
  key: string;
}

/** Lists the lines that were put on invoices of a billing system, also of one client only: one for each invoice, the newest first. */
export async function listKnownLines(
  { store, config }: Pick<Context, 'store' | 'config'>,
  { billing: system, client }: { billing: string; client?: string },
): Promise<KnownLine[]> {
  const bills = await store.callBills.list(client === undefined ? {} : { client });
  const purchases = (await store.purchases.list()).filter((row) => client === undefined || row.client === client);
  const lines = [
    ...bills,
    ...purchases.map(({ id, invoice, at, billing }) => ({ key: id, invoice, at, billing: billing ?? config.billing })),
  ]
    .flatMap(({ key, invoice, at, billing }): KnownLine[] =>
      invoice === null || billing !== system ? [] : [{ invoice, at, key }],
    )
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  return [...new Map([...lines].reverse().map((line) => [line.invoice, line])).values()].reverse();
}

/** Reads the invoices of these lines one by one, and returns those that still have their line; one that is gone is left out. */
export async function* readWithLine(
  system: Pick<BillingSystem, 'invoice'>,
  lines: readonly KnownLine[],
  signal: AbortSignal,
): AsyncGenerator<Invoice> {
  for (const { invoice, key } of lines) {
    const shown = await system.invoice(invoice, signal).catch(nullIfUnknown);
    if (shown !== null && hasLine(shown, key)) yield shown;
  }
}
