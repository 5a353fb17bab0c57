import type { Invoice } from '@sluice/panel-kind';
import { billMarker } from '@sluice/telephony';
import { ownMarkers } from '../../base/own-markers.js';
import type { Context } from '../../context/context.js';

/** A line that was put on an invoice of the billing system of the config. */
export interface KnownLine {
  invoice: string;
  at: string;
  isOn: (line: Invoice['lines'][number]) => boolean;
}

/** Lists the lines that were put on invoices of a client, or of all (null): one for each invoice, the newest first. */
export async function listKnownLines(
  { store, config }: Pick<Context, 'store' | 'config'>,
  client: string | null,
): Promise<KnownLine[]> {
  const bills = await store.callBills.list(client === null ? {} : { client });
  const purchases = (await store.purchases.list()).filter((row) => client === null || row.client === client);
  const lines = [
    ...bills.flatMap(({ invoice, key, at, billing }): KnownLine[] => {
      const isOn: KnownLine['isOn'] = (line) => ownMarkers(line).includes(billMarker(key));
      return invoice === null || billing !== config.billing ? [] : [{ invoice, at, isOn }];
    }),
    ...purchases.flatMap(({ id, invoice, at, billing }): KnownLine[] =>
      invoice === null || (billing ?? config.billing) !== config.billing
        ? []
        : [{ invoice, at, isOn: ({ key }) => key === id }],
    ),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  return [...new Map([...lines].reverse().map((line) => [line.invoice, line])).values()].reverse();
}
