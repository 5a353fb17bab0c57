import type { StoreTables } from '@sluice/state-store';
import { readerOfClient } from '../../base/notice-reader.js';

type Tables = Pick<StoreTables, 'clientNotices' | 'clientAddresses'>;

/** Moves what a client has chosen to the one whom it was merged into; what that one has chosen stays, and what one of them refused. */
export async function mergeChoices(tables: Tables, { from, into }: { from: string; into: string }): Promise<void> {
  const [source, target] = [readerOfClient(from), readerOfClient(into)];
  const own = new Map((await tables.clientNotices.list([target])).map((choice) => [choice.event, choice]));
  const moved = (await tables.clientNotices.list([source])).filter(
    ({ event, wanted }) => own.get(event) === undefined || !wanted,
  );
  await tables.clientNotices.put(moved.map((choice) => ({ ...choice, reader: target })));
  await tables.clientNotices.remove(source);
  const [address] = await tables.clientAddresses.list([source]);
  const [known] = await tables.clientAddresses.list([target]);
  const attempts = [...(known?.attempts ?? []), ...(address?.attempts ?? [])].toSorted();
  // A row without addresses only counts the mails that were sent.
  const isEmpty = known === undefined || (known.address === null && known.asked === null);
  const kept = isEmpty ? address : known;
  if (address !== undefined && kept !== undefined)
    await tables.clientAddresses.put({ ...kept, reader: target, attempts });
  if (address !== undefined) await tables.clientAddresses.remove(source);
}
