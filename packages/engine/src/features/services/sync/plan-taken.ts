import type { ImportProblem, SyncProblem } from '@sluice/contract/documents';
import type { SourceService } from '@sluice/contract/ports';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { setClient } from '../../../base/fields.js';
import { findEntry } from '../../../base/config/find-entry.js';
import type { Context } from '../../../context/context.js';
import { type ImportRow, planRows, type RowChange, type RowOptions } from '../plan-rows.js';
import { type TakenService, withFollowing } from './take-services.js';

/** Services to plan, and those that are stored. */
interface Taken {
  services: readonly TakenService[];
  stored: ReadonlyMap<string, ServiceRecord>;
  ref: string;
}

/** Changes of services, and why some are not changed as the billing system has them. */
interface TakenPlan {
  rowChanges: RowChange[];
  /** Services with problems, of which only what does not depend on their product follows. */
  narrowed: ReadonlySet<string>;
  problems: SyncProblem[];
}

/**
 * Plans services. Those with problems are left out, which may leave ids to others, or cause problems of others. A service that an
 * earlier sync took still follows in what the billing system alone decides about, at least in its client: nobody is to pay for a
 * service that has become somebody else's.
 */
export async function planTaken(
  context: Context,
  tables: StoreTables,
  { services, stored, ref }: Taken,
  options: RowOptions,
): Promise<TakenPlan> {
  const problems: SyncProblem[] = [];
  const narrowed = new Set<string>();
  const isKnown = (id: string): boolean => stored.get(id)?.refs[ref] !== undefined;
  const narrow = (service: TakenService): TakenService[] => {
    if (narrowed.has(service.id) || !isKnown(service.id)) return [];
    narrowed.add(service.id);
    return [withFollowing(service)];
  };
  let rows = services.flatMap((service) => {
    problems.push(...service.problems.map((problem) => ({ service: service.id, ...problem })));
    return service.problems.length === 0 ? [service] : narrow(service);
  });
  for (;;) {
    const importRows = rows.map((service) => toRow(context, service, narrowed.has(service.id)));
    const planned = await planRows(context, tables, importRows, { ...options, keepsCycles: true });
    if (planned.problems.length === 0) {
      const owners = toOwnerChanges(services, { planned: planned.rowChanges, stored, ref });
      return { rowChanges: [...planned.rowChanges, ...owners], narrowed, problems };
    }
    problems.push(...planned.problems.map(toProblem).filter(({ service }) => !narrowed.has(service)));
    const bad = new Set(planned.problems.map(({ service }) => service));
    rows = rows.flatMap((service) => (bad.has(service.id) ? narrow(service) : [service]));
  }
}

/** Returns the changes of client of services that could not be planned otherwise. */
function toOwnerChanges(
  services: readonly TakenService[],
  { planned, stored, ref }: Pick<Taken, 'stored' | 'ref'> & { planned: readonly RowChange[] },
): RowChange[] {
  const done = new Set(planned.map(({ after }) => after.id));
  return services.flatMap(({ id, texts }) => {
    const before = stored.get(id);
    const client = texts['client']?.trim() ?? '';
    if (done.has(id) || before?.refs[ref] === undefined || client === '' || client === before.client) return [];
    const row = { line: null, values: { id, client } };
    const after = structuredClone(before);
    setClient(after, client);
    return [{ row, before, after, bad: new Set() }];
  });
}

function toRow({ config }: Context, { id, texts }: SourceService, isPart: boolean): ImportRow {
  const { product } = texts;
  const panel = product === undefined ? {} : { panel: findEntry(config.products, product)?.panel ?? '' };
  return { line: null, values: { ...texts, id, ...panel }, isPart };
}

function toProblem({ service, key, message, code }: ImportProblem): SyncProblem {
  return { service: service ?? '', key, message, ...(code === undefined ? {} : { code }) };
}
