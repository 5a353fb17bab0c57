import type { OverviewFilter, OverviewOrder, ServiceRecord } from '@sluice/state-store';
import { toOffset } from '../../base/inputs.js';
import type { Context } from '../../context/context.js';
import { overviewNow } from './overview-now.js';

/** Which services a list has; all conditions apply. */
export interface ServiceListRequest extends OverviewFilter {
  /** Default by id. */
  order?: OverviewOrder | undefined;
  /** The `next` of the page before; by id also the id of any service. */
  after?: string | undefined;
  /** At most so many; default all. */
  limit?: number | undefined;
}

/** Services of a list, the number of all that match, and where the next page begins; null on the last. */
export interface ServiceListPage {
  records: ServiceRecord[];
  total: number;
  next: string | null;
}

/** Returns a page of services. Pages by id have each service once; those by figures are of the figures of their time. */
export async function listServices(context: Context, request: ServiceListRequest = {}): Promise<ServiceListPage> {
  const { order = 'id', after, limit, ...filter } = request;
  const { status, search, drifting } = filter;
  const stored = order === 'id' && status === undefined && (search ?? '') === '' && drifting !== true;
  const asked = { order, after, limit };
  return stored ? listStored(context, filter, asked) : listByFigures(context, filter, asked);
}

type Part = { order: OverviewOrder } & Pick<ServiceListRequest, 'after' | 'limit'>;

async function listStored(
  { store }: Context,
  { panel, product, client }: OverviewFilter,
  { after, limit }: Part,
): Promise<ServiceListPage> {
  const where = {
    ...(panel === undefined ? {} : { panel }),
    ...(product === undefined ? {} : { product }),
    ...(client === undefined ? {} : { client }),
  };
  const found = await store.services.list({
    ...where,
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit: limit + 1 }),
  });
  const records = limit === undefined ? found : found.slice(0, limit);
  const isWhole = after === undefined && records.length === found.length;
  return {
    records,
    total: isWhole ? records.length : await store.services.count(where),
    next: records.length === found.length ? null : (records.at(-1)?.id ?? null),
  };
}

/** Lists what the last decisions decide: the database finds the ids, so that no more than a page is in memory. */
async function listByFigures(
  context: Context,
  filter: OverviewFilter,
  { order, after, limit }: Part,
): Promise<ServiceListPage> {
  const { store } = context;
  const now = await overviewNow(context);
  const offset = order === 'id' ? 0 : toOffset(after);
  const where = { ...filter, ...(order === 'id' && after !== undefined ? { after } : {}) };
  const { rows, matching } = await store.overview.services(
    { ...where, order, limit: limit === undefined ? -1 : limit + 1, offset },
    now,
  );
  const ids = (limit === undefined ? rows : rows.slice(0, limit)).map(({ id }) => id);
  const records = new Map((await store.services.list({ ids })).map((record) => [record.id, record]));
  const next = order === 'id' ? (ids.at(-1) ?? null) : String(offset + ids.length);
  return {
    records: ids.flatMap((id) => records.get(id) ?? []),
    total: matching,
    next: ids.length === rows.length ? null : next,
  };
}
