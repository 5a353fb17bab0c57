import type { ServiceSource } from '@sluice/contract/ports';
import { type ItemError, type ProductSettings, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { openKnownSource } from './billing-address.js';
import { findSource } from './open-billing.js';

/** The service of a billing system that the password of an account is written to. */
export interface BillingPlace {
  title: string;
  /** The ref with its id there. */
  ref: string;
  /** Undefined for a service that the billing system does not have. */
  id: string | undefined;
}

/** Returns where a product's passwords are written in a billing system; null where they are not. Sends nothing. */
export async function findBillingPlace(
  context: Context,
  { refs }: Pick<ServiceRecord, 'refs'>,
  { credentials }: ProductSettings,
): Promise<BillingPlace | null> {
  const writeTo = credentials?.writeTo;
  const kind = context.deps.billing.find((known) => known.kind === writeTo && known.storesCredentials === true);
  if (kind === undefined) return null;
  return withSource(context, ({ title, ref }) => Promise.resolve({ title, ref, id: refs[ref] }));
}

/** Refuses a service that the billing system does not have; changes nothing. */
export async function checkCredentials(context: Context, { id }: BillingPlace): Promise<void> {
  if (id === undefined) return;
  await withSource(context, (source) => source.checkCredentials(id, context.deps.signal));
}

/**
 * Writes the username and password of an account into its service; the same call may be repeated. An interruption does not
 * stop it, since the panel has the password already.
 */
export async function writeCredentials(
  context: Context,
  { id }: BillingPlace,
  credentials: { username: string; password: string },
): Promise<void> {
  if (id === undefined) return;
  await withSource(context, (source) => source.writeCredentials(id, credentials));
}

/** What the billing system shows of the orders of pending services. */
export interface PaidOrders {
  /** Services whose order is paid. */
  paid: string[];
  /** Why it is unknown, by service. */
  problems: Map<string, ItemError>;
}

/** Asks whether the orders of these pending services are paid; without a billing system of services, none is. */
export async function listPaidOrders(context: Context, services: readonly ServiceRecord[]): Promise<PaidOrders> {
  const orders: PaidOrders = { paid: [], problems: new Map() };
  if (services.length === 0 || findSource(context) === null) return orders;
  let unavailable: ItemError | null = null;
  const ask = async (source: ServiceSource, { id, refs }: ServiceRecord): Promise<void> => {
    const order = refs[source.ref];
    if (order === undefined) return;
    try {
      if (unavailable === null && (await source.isPaid(order, context.deps.signal))) orders.paid.push(id);
    } catch (error) {
      const problem = toItemError(error);
      orders.problems.set(id, problem);
      // Each of the others would wait in vain.
      if (problem.code !== 'order_unreadable') unavailable = problem;
      return;
    }
    if (unavailable !== null) orders.problems.set(id, unavailable);
  };
  try {
    await withSource(context, async (source) => {
      for (const service of services) await ask(source, service);
    });
  } catch (error) {
    for (const { id } of services) orders.problems.set(id, toItemError(error));
  }
  return orders;
}

async function withSource<T>(context: Context, work: (source: ServiceSource) => Promise<T>): Promise<T | null> {
  const configured = findSource(context);
  if (configured === null) return null;
  const source = await openKnownSource(context, configured);
  try {
    return await work(source);
  } finally {
    source.close();
  }
}
