import { refKey } from '../../base/purchase-keys.js';
import { packageName } from '../../base/config/package-name.js';
import type { PurchaseDetail, PurchaseView } from '@sluice/contract/documents';
import type { PurchaseRecord } from '@sluice/state-store';
import { invoicePlace } from '../billing/billing-pages.js';
import { isVisible, type Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { type Names, readNames } from '../../context/names.js';
import { findCycle } from '../../kernel/subject/find-cycle.js';
import { toImported, toPurchaseState } from '../billing/refund-state.js';

/** What is shown of purchases besides their rows. */
interface Besides {
  actors: ReadonlyMap<string, string>;
  names: Names;
}

/** Returns a purchase as documents show it. */
function toView(context: Context, row: PurchaseRecord, { actors, names }: Besides): PurchaseView {
  const {
    run,
    billing,
    taxed: _taxed,
    key: _key,
    refundedAt: _refundedAt,
    refundSentAt: _refundSentAt,
    note: _note,
    ...shown
  } = row;
  const named = { name: names.toService(row.service), clientName: names.toClient(row.client) };
  const bought = { packageName: packageName(context.config, row.package) };
  const view = { ...shown, ...named, ...bought, ...toPurchaseState(row), by: actors.get(run ?? '') ?? null };
  return { ...view, ...invoicePlace(context, row), ...toImported(billing) };
}

/** Returns a purchase with its cycle. */
export async function toDetail(context: Context, row: PurchaseRecord): Promise<PurchaseDetail> {
  const { store } = context;
  const cycle = await findCycle(store, row);
  return {
    ...toView(context, row, { actors: await readActors(store, [row]), names: await readNames(store, [row]) }),
    cycle: cycle ? { id: cycle.id, start: cycle.start, end: cycle.end } : null,
  };
}

function readActors(store: Context['store'], rows: readonly PurchaseRecord[]): Promise<ReadonlyMap<string, string>> {
  return store.runs.actors(rows.flatMap(({ run }) => (run === null ? [] : [run])));
}

/** Lists purchases, oldest first. */
export async function listPurchases(
  context: Context,
  { service, ref, reader }: { service?: string | undefined; ref?: string | undefined; reader?: Reader } = {},
): Promise<PurchaseView[]> {
  const { store } = context;
  const rows = await store.purchases.list({
    ...(service === undefined ? {} : { service }),
    ...(ref === undefined ? {} : { key: refKey(ref) }),
  });
  if (reader !== undefined) return visibleRows(context, rows, reader);
  const besides = { actors: await readActors(store, rows), names: await readNames(store, rows) };
  return rows.map((row) => toView(context, row, besides));
}

/** Returns what a client bought for the services that it has now, oldest first. */
export async function listOfClient(store: Context['store'], client: string): Promise<PurchaseRecord[]> {
  const services = (await store.services.list({ client })).map(({ id }) => id);
  if (services.length === 0) return [];
  return (await store.purchases.list({ services })).filter((row) => row.client === client);
}

/** Returns a client's purchases, without who made them, and the names of services that he has now. */
async function visibleRows(
  context: Context,
  rows: readonly PurchaseRecord[],
  reader: string | null,
): Promise<PurchaseView[]> {
  const own = new Map(
    (await context.store.services.list({ client: reader ?? '' })).map((service) => [service.id, service]),
  );
  const visible = rows.filter((row) => {
    const service = own.get(row.service);
    return row.client === null ? service !== undefined && isVisible(row, service, reader) : row.client === reader;
  });
  const names = {
    toService: (id: string | null) => own.get(id ?? '')?.name ?? null,
    toClient: () => [...own.values()].find(({ clientName }) => clientName !== null)?.clientName ?? null,
  };
  return visible.map((row) => toView(context, row, { actors: new Map(), names }));
}
