import type { PackageEffect, PackageView } from '@sluice/contract/documents';
import type { Credit } from '@sluice/contract/ports';
import { addTax } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { requireForReader } from '../../context/find-service.js';
import { type Reader, visibleSince } from '../../context/reader.js';
import { findCredit, findUnchargeable } from '../billing/refusals.js';
import { findLater } from '../services/for-reader.js';
import { loadBuyer, packageEffects } from './package-effects.js';
import { listPackages } from './packages.js';
import { findRefused } from './cycle-to-buy.js';
import { listOfClient } from './views.js';

/** Whose packages to list. */
interface OfferRequest {
  reader?: Reader;
  /** Whose invoices `lastCharged` is of; default the reader. */
  client?: string | null | undefined;
  /** Lists what its product offers, with the effect for it. */
  service?: string | undefined;
  /** Credit of the client of `service`, as read last: what it can't pay is refused, and its tax is added. The ledger is read anyway. */
  credit?: Credit | undefined;
}

/**
 * Lists packages; for a reader, those that the products of its services offer, with these products.
 *
 * @throws SluiceError `unknown_service`, also for the service of another client than the reader
 */
export async function listOffered(context: Context, request: OfferRequest): Promise<PackageView[]> {
  const { reader, client = reader, service: id } = request;
  const { store } = context;
  const packages = listPackages(context, client == null ? [] : await listOfClient(store, client));
  const offered = reader === undefined ? packages : await onlyOwn(store, packages, reader);
  if (id === undefined) return offered;
  const service = await requireForReader(context, id, reader);
  const own = offered.filter(({ products }) => products.includes(service.product));
  // Nothing more is loaded for a service that is offered none.
  if (own.length === 0) return [];
  const loaded = await loadBuyer(context, service);
  const refused = findRefused(context, service, loaded);
  const payer = await findPayer(context, request, service);
  const effects = loaded === null ? null : await packageEffects(context, loaded, own);
  return own.map((each) => {
    const effect = effects?.get(each.id) ?? null;
    const isOverLimit = effect?.stops.some(({ by }) => by === 'agent-limit') === true;
    const unpaid = payer === null ? null : findUnchargeable(payer, each.currency);
    const why = refused ?? unpaid ?? (isOverLimit ? 'agent_limit' : null);
    const known = { withTax: priceWithTax(each, payer), effect: effectFor(effect, service, reader) };
    return { ...each, ...known, ...(why !== null && { refused: why }) };
  });
}

/** Returns what a package comes to with tax; null where none is added, and where the rate is not known. */
function priceWithTax({ price, currency, taxed }: PackageView, payer: Credit | null): string | null {
  const rate = payer?.taxRate;
  return !taxed || rate === undefined ? null : addTax(price, rate, currency);
}

/** Returns the credit of a service's client, without a call of another system; null where it is not known. */
async function findPayer(
  context: Context,
  { credit }: OfferRequest,
  { client }: ServiceRecord,
): Promise<Credit | null> {
  if (context.config.billing === 'ledger') return client === null ? null : findCredit(context, client);
  return credit !== undefined && credit.client === client ? credit : null;
}

/** Returns an effect as a reader may see it. */
function effectFor(effect: PackageEffect | null, service: ServiceRecord, reader: Reader): PackageEffect | null {
  if (effect === null || reader === undefined) return effect;
  const since = visibleSince(service, reader);
  const stops = effect.stops.map((stop) => ({ ...stop, at: stop.at && findLater(stop.at, since), message: null }));
  return { ...effect, stops };
}

async function onlyOwn(store: Context['store'], packages: readonly PackageView[], reader: string | null) {
  const own = new Set((await store.services.list({ client: reader ?? '' })).map(({ product }) => product));
  const offered = packages.map((each) => ({ ...each, products: each.products.filter((product) => own.has(product)) }));
  return offered.filter(({ products }) => products.length > 0);
}
