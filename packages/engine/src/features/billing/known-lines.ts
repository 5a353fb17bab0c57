import type { Invoice } from '@sluice/panel-kind';
import { billMarker } from '@sluice/telephony';
import { ownMarkers } from '../../base/own-markers.js';
import type { Context } from '../../context/context.js';

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
