import type { ProductSettings, ServiceSource } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Session } from '../session.js';
import { findSource } from './open-kind.js';

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
  session: Session,
  { refs }: Pick<ServiceRecord, 'refs'>,
  { credentials }: ProductSettings,
): Promise<BillingPlace | null> {
  const writeTo = credentials?.writeTo;
  const kind = session.deps.billing.find((known) => known.kind === writeTo && known.storesCredentials === true);
  if (kind === undefined) return null;
  return withSource(session, ({ title, ref }) => Promise.resolve({ title, ref, id: refs[ref] }));
}

/** Writes the username and password of an account into its service; the same call may be repeated. */
export async function writeCredentials(
  session: Session,
  { id }: BillingPlace,
  credentials: { username: string; password: string },
): Promise<void> {
  if (id === undefined) return;
  await withSource(session, (source) => source.writeCredentials(id, credentials, session.deps.signal));
}

/** Returns those of these pending services whose order is paid; without a billing system of services, none. */
export async function listPaidOrders(session: Session, services: readonly ServiceRecord[]): Promise<ServiceRecord[]> {
  if (services.length === 0 || findSource(session) === null) return [];
  const paid = await withSource(session, async (source) => {
    const ids = services.flatMap(({ refs }) => refs[source.ref] ?? []);
    const found = ids.length === 0 ? new Set<string>() : await source.listPaid(ids, session.deps.signal);
    return services.filter(({ refs }) => found.has(refs[source.ref] ?? ''));
  });
  return paid ?? [];
}

async function withSource<T>(session: Session, work: (source: ServiceSource) => Promise<T>): Promise<T | null> {
  const source = await findSource(session)?.open();
  if (source === undefined) return null;
  try {
    return await work(source);
  } finally {
    source.close();
  }
}
