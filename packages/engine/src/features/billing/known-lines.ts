import type { BillingSystem, Invoice } from '@sluice/panel-kind';
import { billMarker } from '@sluice/quota-core/telephony';
import { ownMarkers } from '../../base/own-markers.js';
import type { Context } from '../../context/context.js';
import { nullIfUnknown } from './refusals.js';

/** So many invoices are read, the newest. */
export const MOST_INVOICES = 5;

/** A line that was put on an invoice. */
export interface KnownLine {
  invoice: string;
  at: string;
  isOn: (line: Invoice['lines'][number]) => boolean;
}

/** Lists the lines that were put on invoices of a billing system, also of one client only: one for each invoice, the newest first. */
export async function listKnownLines(
  { store, config }: Pick<Context, 'store' | 'config'>,
  { billing: system, client }: { billing: string; client?: string },
): Promise<KnownLine[]> {
  const bills = await store.callBills.list(client === undefined ? {} : { client });
  const purchases = (await store.purchases.list()).filter((row) => client === undefined || row.client === client);
  const lines = [
    ...bills.flatMap(({ invoice, key, at, billing }): KnownLine[] => {
      const isOn: KnownLine['isOn'] = (line) => ownMarkers(line).includes(billMarker(key));
      return invoice === null || billing !== system ? [] : [{ invoice, at, isOn }];
    }),
    ...purchases.flatMap(({ id, invoice, at, billing }): KnownLine[] =>
      invoice === null || (billing ?? config.billing) !== system
        ? []
        : [{ invoice, at, isOn: ({ key }) => key === id }],
    ),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  return [...new Map([...lines].reverse().map((line) => [line.invoice, line])).values()].reverse();
}

/** Reads the invoices of these lines one by one, and returns those that still have their line; one that is gone is left out. */
export async function* readWithLine(
  system: Pick<BillingSystem, 'invoice'>,
  lines: readonly KnownLine[],
  signal: AbortSignal,
): AsyncGenerator<Invoice> {
  for (const { invoice, isOn } of lines) {
    const shown = await system.invoice(invoice, signal).catch(nullIfUnknown);
    if (shown?.lines.some(isOn) === true) yield shown;
  }
}
