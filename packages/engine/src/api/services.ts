import type { DescribedChange, ImportReport, ServiceDetail, SyncReport } from '@sluice/contract/documents';
import type { CustomerTerms } from '@sluice/contract';
import { addService, type ChangeOptions, changeService } from '../features/services/change-services.js';
import { removeService } from '../features/services/remove-service.js';
import { listColumns, toFields } from '../base/fields.js';
import type { ImportRow } from '../features/services/plan-rows.js';
import { importServices } from '../features/services/import-services.js';
import { listServices, type ServiceListRequest } from '../features/services/list.js';
import { withFailure } from '../features/notices/heartbeat.js';
import { type Pair, setWhere } from '../features/services/set-where.js';
import { serviceDetail, serviceDetails } from '../features/services/show.js';
import { type SyncRequest, syncServices } from '../features/services/sync/sync-services.js';
import type { Context } from '../context/context.js';
import { customerTerms } from '../context/customer-terms.js';
import { requireService } from '../context/find-service.js';
import { toWaitMs, type CallOptions, type ReaderOptions, type LockOptions, type RunCall } from './call.js';

/** Which services a call includes; default all. */
export interface ServiceFilter extends CallOptions {
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
}

/** Who reads about services; for a client each has its `advice`. */
export interface ServiceReader extends ReaderOptions {
  /** Whether the client may buy with what it reads by, such as a link; default true. */
  mayBuy?: boolean | undefined;
}

/** A part of the services that a call includes. */
export interface ServicePage extends ServiceFilter, ServiceListRequest, ServiceReader {}

/** Options of a sync. */
export interface SyncOptions extends LockOptions, ChangeOptions {
  dryRun?: boolean | undefined;
  /** Only this service, by its id in the billing system; the others are not changed. */
  service?: string | undefined;
  /** The product of that service where no product of the config claims it; later syncs keep it. */
  product?: string | undefined;
  /** Accept a list that lacks more than half of the known services. */
  allowMass?: boolean | undefined;
}

/** Services: what customers have bought. */
export interface Services {
  /**
   * Adds and changes services from rows of texts, all or none; the report lists the problems of the rows. A dry run stores
   * nothing; it and `describe` list the changes.
   */
  import(
    rows: readonly (ImportRow | Record<string, string>)[],
    options?: LockOptions & ChangeOptions & { dryRun?: boolean | undefined; describe?: boolean | undefined },
  ): Promise<ImportReport>;
  /** Adds one service; the keys are the columns of an import. */
  add(id: string, texts: Record<string, string>, options?: CallOptions & ChangeOptions): Promise<ServiceDetail>;
  /** Changes keys of one service; an empty text removes a value. `changes` is empty if nothing differs. */
  set(
    id: string,
    texts: Record<string, string>,
    options?: LockOptions & ChangeOptions,
  ): Promise<ServiceDetail & { changes: DescribedChange[] }>;
  /** Changes keys of all services that have every one of these texts, or of none. */
  setWhere(
    where: readonly Pair[],
    texts: Record<string, string>,
    options?: LockOptions & ChangeOptions,
  ): Promise<{ services: ServiceDetail[]; changed: number; changes: DescribedChange[] }>;
  /** Returns what `setWhere` would change. */
  planSetWhere(
    where: readonly Pair[],
    texts: Record<string, string>,
    options?: CallOptions & ChangeOptions,
  ): Promise<ImportReport>;
  /**
   * Adds and changes services as the billing system lists them, and marks those that ended (docs/whmcs.md). Stores all or, after
   * an error, nothing. A dry run stores nothing.
   */
  sync(options?: SyncOptions): Promise<SyncReport>;
  /** Removes a service that is not held and has no account; returns its last details. */
  remove(id: string, options?: LockOptions): Promise<ServiceDetail>;
  /** Returns a service, with the reasons of its state (`because`). */
  show(id: string, options?: ServiceReader): Promise<ServiceDetail>;
  /** Returns whether a service is a client's, by one query. */
  isOf(id: string, client: string): Promise<boolean>;
  /** Returns the language that a client reads, by one query: the first that its services state; null where none does. */
  language(client: string): Promise<ServiceDetail['language']>;
  /** Returns the fields that the product of a service lets its client change, none on most panels, and whether its panel is only observed. */
  customerMay(id: string, options?: CallOptions): Promise<{ service: string } & CustomerTerms>;
  /**
   * Lists services, by id if not stated otherwise; many are read in pages, so that they are not all in memory at once. `total` is the
   * number of all that match, `next` the `after` of the next page, null on the last.
   */
  list(filter?: ServicePage): Promise<{ services: ServiceDetail[]; total: number; next: string | null }>;
  /** Returns the services in the format of an import. */
  export(filter?: ServiceFilter): Promise<Record<string, string>[]>;
}

/** Returns the calls about services. */
export function servicesApi(call: RunCall): Services {
  return {
    import: (rows, options) => {
      const { allowDuplicateRefs, dryRun, describe } = options ?? {};
      const how = { allowDuplicateRefs, dryRun, describe, waitMs: toWaitMs(options) };
      return call(options, (context) =>
        importServices(context, { command: 'service import', rows: () => rows.map(toRow), ...how }),
      );
    },
    add: (id, texts, options) =>
      call(options, async (context) =>
        serviceDetail(context, await addService(context, id, Object.entries(texts), options)),
      ),
    set: (id, texts, options) =>
      call(options, async (context) => {
        const changed = await changeService(context, id, Object.entries(texts), {
          waitMs: toWaitMs(options),
          allowDuplicateRefs: options?.allowDuplicateRefs,
        });
        return { ...(await serviceDetail(context, changed.service)), changes: changed.changes };
      }),
    setWhere: (where, texts, options) =>
      call(options, async (context) => {
        const { ids, report } = await setWhere(context, {
          where,
          texts,
          waitMs: toWaitMs(options),
          allowDuplicateRefs: options?.allowDuplicateRefs,
        });
        const services = await serviceDetails(context, await context.store.services.list({ ids }));
        return { services, changed: report.totals.changed, changes: report.changes ?? [] };
      }),
    planSetWhere: (where, texts, options) =>
      call(options, async (context) => {
        const { allowDuplicateRefs } = options ?? {};
        return (await setWhere(context, { where, texts, waitMs: 0, allowDuplicateRefs, dryRun: true })).report;
      }),
    sync: (options) => call(options, (context) => runSync(context, toSyncRequest(options))),
    remove: (id, options) =>
      call(options, async (context) => {
        const before = await serviceDetail(context, await requireService(context, id));
        await removeService(context, id, toWaitMs(options));
        return before;
      }),
    isOf: (id, client) =>
      call(undefined, async ({ store }) => (await store.services.list({ ids: [id], client, limit: 1 })).length > 0),
    language: (client) => call(undefined, ({ store }) => store.services.language(client)),
    show: (id, options) => call(options, (context) => show(context, id, options)),
    customerMay: (id, options) => call(options, (context) => terms(context, id)),
    list: (filter) => call(filter, (context) => listDetails(context, filter)),
    export: (filter) =>
      call(filter, async (context) => {
        const columns = listColumns(context.deps.kinds);
        return (await listServices(context, toListRequest(filter))).records.map((service) =>
          toFields(service, columns),
        );
      }),
  };
}

async function show(context: Context, id: string, options?: ServiceReader): Promise<ServiceDetail> {
  const { showService } = await import('../features/explain/explain.js');
  const shown = await showService(context, id, options?.reader);
  const [detail = shown] = await forReader(context, [shown], options);
  return detail;
}

/** Returns services as their client reads them, with its advice; as they are for operators. */
async function forReader(
  context: Context,
  services: ServiceDetail[],
  { reader, mayBuy = true }: ServiceReader = {},
): Promise<ServiceDetail[]> {
  if (reader === undefined) return services;
  const { withAdvice } = await import('../features/advice/client-advice.js');
  return withAdvice(context, services, { reader, mayBuy });
}

async function terms(context: Context, id: string): Promise<{ service: string } & CustomerTerms> {
  return { service: id, ...(await customerTerms(context, await requireService(context, id))) };
}

function runSync(context: Context, request: SyncRequest): Promise<SyncReport> {
  const { dryRun, service, product } = request;
  const work = () => syncServices(context, request);
  return dryRun || service !== null || product !== null ? work() : withFailure(context, work);
}

function toSyncRequest(options: SyncOptions = {}): SyncRequest {
  const { dryRun = false, allowMass = false, allowDuplicateRefs = false, service = null, product = null } = options;
  return { dryRun, service, product, allowMass, allowDuplicateRefs, waitMs: toWaitMs(options) };
}

async function listDetails(context: Context, filter?: ServicePage): ReturnType<Services['list']> {
  const { records, total, next } = await listServices(context, toListRequest(filter));
  const services = await forReader(context, await serviceDetails(context, records, filter?.reader), filter);
  return { services, total, next };
}

function toListRequest(filter: ServicePage = {}): ServiceListRequest {
  const { panel, product, client, status, search, drifting, order, after, limit } = filter;
  return { panel, product, client, status, search, drifting, order, after, limit };
}

/** Returns a row as it is read from a file; one of a program is its texts alone. */
export function toRow(row: ImportRow | Record<string, string>): ImportRow {
  return 'values' in row && typeof row.values === 'object'
    ? (row as ImportRow)
    : { line: null, values: row as Record<string, string> };
}
