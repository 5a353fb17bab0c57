import type { StoreTables } from '@sluice/state-store';

/** What people call services and clients; null for one without a name, or that is not stored any more. */
export interface Names {
  toService: (id: string | null) => string | null;
  toClient: (id: string | null) => string | null;
}

/** Reads the names of what rows are about, each once. */
export async function readNames(
  { services, clients }: Pick<StoreTables, 'services' | 'clients'>,
  rows: readonly { service?: string | null; client?: string | null }[],
): Promise<Names> {
  const known = (ids: readonly (string | null | undefined)[]): string[] => [
    ...new Set(ids.filter((id) => id !== null && id !== undefined)),
  ];
  const ofServices = known(rows.map(({ service }) => service));
  const ofClients = known(rows.map(({ client }) => client));
  const names = ofServices.length === 0 ? NONE : await services.names(ofServices);
  const clientNames = ofClients.length === 0 ? NONE : await clients.names(ofClients);
  return {
    toService: (id) => names.get(id ?? '') ?? null,
    toClient: (id) => clientNames.get(id ?? '') ?? null,
  };
}

/** Returns rows with the names of the services that they are about, all read at once. */
export async function withNames<Row extends { service: string | null }>(
  store: Pick<StoreTables, 'services' | 'clients'>,
  rows: readonly Row[],
): Promise<(Row & { name: string | null })[]> {
  const names = await readNames(
    store,
    rows.map(({ service }) => ({ service })),
  );
  return rows.map((row) => ({ ...row, name: names.toService(row.service) }));
}

const NONE: ReadonlyMap<string, string> = new Map();
