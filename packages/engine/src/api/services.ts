import type { ServiceRecord } from '@sluice/state-store';
import { addService, changeService, removeService } from '../services/change-services.js';
import { columnsOf, fieldsOf } from '../services/fields.js';
import type { ImportRow } from '../services/import-row.js';
import { importServices, type ImportReport } from '../services/import-services.js';
import { serviceDetail, serviceDetails, type ServiceDetail } from '../services/show.js';
import { requireService, type Session } from '../session.js';
import { waitOf, type CallOptions, type LockOptions, type RunCall } from './call.js';

/** Which services a call is about; all where nothing is named. */
export interface ServiceFilter extends CallOptions {
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
}

/** The services of the store: what customers have bought. */
export interface Services {
  /** Adds and changes services by rows of texts, all or none; problems of the rows are in the report. */
  import(rows: readonly (ImportRow | Record<string, string>)[], options?: LockOptions): Promise<ImportReport>;
  /** Adds one service by its texts, named as the columns of an import. */
  add(id: string, texts: Record<string, string>, options?: CallOptions): Promise<ServiceDetail>;
  /** Changes texts of one service; an empty text unsets. */
  set(id: string, texts: Record<string, string>, options?: LockOptions): Promise<ServiceDetail>;
  /** Removes a service that is not held and has no account; returns what it was. */
  remove(id: string, options?: LockOptions): Promise<ServiceDetail>;
  show(id: string, options?: CallOptions): Promise<ServiceDetail>;
  list(filter?: ServiceFilter): Promise<{ services: ServiceDetail[] }>;
  /** Returns the services as an import would name them. */
  export(filter?: ServiceFilter): Promise<Record<string, string>[]>;
}

/** Returns the calls about services. */
export function servicesApi(call: RunCall): Services {
  const detail = async (session: Session, id: string): Promise<ServiceDetail> =>
    serviceDetail(session, await requireService(session, id));
  return {
    import: (rows, options) => call(options, (session) => importServices(session, rows.map(toRow), waitOf(options))),
    add: (id, texts, options) =>
      call(options, async (session) => serviceDetail(session, await addService(session, id, Object.entries(texts)))),
    set: (id, texts, options) =>
      call(options, async (session) => {
        const changed = await changeService(session, id, Object.entries(texts), waitOf(options));
        return serviceDetail(session, changed);
      }),
    remove: (id, options) =>
      call(options, async (session) => {
        const before = await detail(session, id);
        await removeService(session, id, waitOf(options));
        return before;
      }),
    show: (id, options) => call(options, (session) => detail(session, id)),
    list: (filter) =>
      call(filter, async (session) => ({ services: await serviceDetails(session, await servicesOf(session, filter)) })),
    export: (filter) =>
      call(filter, async (session) => {
        const columns = columnsOf(session.deps.kinds);
        return (await servicesOf(session, filter)).map((service) => fieldsOf(service, columns));
      }),
  };
}

function toRow(row: ImportRow | Record<string, string>): ImportRow {
  return 'values' in row && typeof row.values === 'object'
    ? (row as ImportRow)
    : { line: null, values: row as Record<string, string> };
}

async function servicesOf(session: Session, { panel, product, client }: ServiceFilter = {}): Promise<ServiceRecord[]> {
  return session.store.services.list({
    ...(panel === undefined ? {} : { panel }),
    ...(product === undefined ? {} : { product }),
    ...(client === undefined ? {} : { client }),
  });
}
