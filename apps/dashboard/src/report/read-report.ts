import type { Outlook, SampleGraph, ServiceDetail, Sluice, Standing, UndecidedPanel } from '@sluice/engine';
import { compareIds, usedBytes } from '@sluice/engine/words';
import { SluiceError } from '@sluice/panel-kind/errors';
import { POINTS } from '../layout/chart.js';

/** A service in a report. */
export interface ReportService extends Pick<
  ServiceDetail,
  'id' | 'name' | 'client' | 'clientName' | 'panel' | 'product' | 'productName' | 'status' | 'cycle'
> {
  /** Reasons of its holds that are open or not undone yet. */
  holds: string[];
  /** Those of `holds` that have ended and are not undone on the panel yet. */
  releasing: string[];
  /** Those that are not on the panel yet. */
  restricting: string[];
  /** Those of which only a part is on the panel yet. */
  partly: string[];
  /** Reasons of holds that would begin, and were not added. */
  wouldHold: string[];
  /** Whether its panel has traffic that can be read. */
  metered: boolean;
  readAt: string | null;
  /** Since when its panel has answered no call; null while it answers. */
  panelDownSince: string | null;
  /** Where its panel is not in the config. */
  panelRemoved?: true;
  /** Where the panel stops it without a hold of its own. */
  stoppedByPanel?: true;
  /** Since when, and why, the last runs decided nothing on its panel although it answers; absent where they do. */
  panelUndecided?: UndecidedPanel;
  /** The direction that counts; null where it is unknown. */
  usedBytes: number | null;
  /** Null where it is unlimited, unmanaged or unknown. */
  allowedBytes: number | null;
  unlimited: boolean;
  remainingBytes: number | null;
  /** Those beside the quota. */
  limits: ServiceDetail['limits'];
  /** The fullest of its limits: 1 is used up; null where that is unknown or there is none. */
  share: number | null;
  /** The id of that limit, `quota` of the allowance; null where `share` is. */
  fullest: string | null;
}

/** Counts of a report. */
export interface ReportTotals {
  services: number;
  held: number;
  /** Services with a limit that is used up. */
  usedUp: number;
  /** Services that have used at least 80 % of a limit, and not all of it. */
  nearLimit: number;
  /** Services with a limit, or whose traffic is metered, of which that is unknown. */
  unknown: number;
  /** Services without any limit. */
  withoutLimit: number;
}

/** Where the usage of a service goes at its recent rate (docs/json.md). */
export interface ReportOutlook extends Outlook {
  service: string;
}

/** Usage of all services or of one client's (docs/json.md). */
export interface Report {
  at: string;
  timeZone: string;
  /** Null: all clients. */
  client: string | null;
  /** Of that client; null where it is not known, and for all clients. */
  clientName: string | null;
  totals: ReportTotals;
  /** The fullest first. */
  services: ReportService[];
  /** Of the services that are shown with a chart. */
  outlooks: ReportOutlook[];
  /** Services that exceeded a limit by more than `poll.maxOvershoot` permits lately; absent for one client, and where the config does not set it. */
  exceeded?: NonNullable<Standing['exceeded']>;
}

/** Which services a report is about, and as of when (milliseconds since 1970). */
export interface ReportRequest {
  client?: string | undefined;
  now: number;
}

/** Services of a report that are shown with a chart, with all clients and with one. */
const CHARTS = { all: 12, client: 40 };
const NEAR = 0.8;
/** Services that are read at once. */
const AT_ONCE = 500;

/**
 * Reads a report from the store; no panel is called.
 *
 * @throws SluiceError `unknown_client` where no service has the client
 */
export async function readReport(sluice: Sluice, { client, now }: ReportRequest): Promise<Report> {
  const rows = await readServices(sluice, client);
  if (client !== undefined && rows.length === 0) {
    throw new SluiceError('unknown_client', `No service has the client "${client}"`, {
      kind: 'not-found',
      details: { unserved: client },
    });
  }
  rows.sort(byShare);
  const report: Report = {
    at: new Date(now).toISOString(),
    timeZone: sluice.config.timeZone,
    client: client ?? null,
    clientName: client === undefined ? null : (rows.find((row) => row.clientName !== null)?.clientName ?? null),
    totals: toTotals(rows),
    services: rows,
    outlooks: [],
  };
  const { exceeded } = client === undefined ? await sluice.standing() : {};
  if (exceeded !== undefined) report.exceeded = exceeded;
  for (const { id } of chartedServices(report)) {
    const graph = await readGraph(sluice, id, report.client);
    if (graph?.projection != null) report.outlooks.push({ service: graph.service, ...graph.projection });
  }
  return report;
}

/** Reads the rows of the services in parts: their details together would not fit in little memory. */
async function readServices(sluice: Sluice, client: string | undefined): Promise<ReportService[]> {
  const rows: ReportService[] = [];
  const { panels } = await sluice.panels.list();
  const metering = new Set(
    panels.filter(({ capabilities }) => capabilities.includes('usage')).map((each) => each.name),
  );
  for (let after: string | undefined; ; after = rows.at(-1)?.id) {
    const { services } = await sluice.services.list({ client, after, limit: AT_ONCE, ...toReader(client ?? null) });
    rows.push(...services.map((service) => toReportService(service, metering.has(service.panel))));
    if (services.length < AT_ONCE) return rows;
  }
}

/** Returns the services that a report shows with a chart: the fullest, or all of a client with few. */
export function chartedServices({ client, services }: Pick<Report, 'client' | 'services'>): ReportService[] {
  if (client !== null) return services.filter(({ readAt }) => readAt !== null).slice(0, CHARTS.client);
  return services.filter(({ usedBytes, share }) => usedBytes !== null && share !== null).slice(0, CHARTS.all);
}

/** Returns the readings of a service's cycle, for a client those since it has the service; null for one that was never metered. */
export async function readGraph(sluice: Sluice, id: string, client: string | null): Promise<SampleGraph | null> {
  try {
    return await sluice.usage.graph(id, 'cycle', { points: POINTS, ...toReader(client) });
  } catch (error) {
    // A service that was removed meanwhile is left out too.
    if (error instanceof SluiceError && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Returns the reader of a report: null, for all clients, is an operator. */
export function toReader(client: string | null): { reader?: string } {
  return client === null ? {} : { reader: client };
}

function toReportService(service: ServiceDetail, metered: boolean): ReportService {
  const {
    id,
    name,
    client,
    clientName,
    panel,
    product,
    productName,
    status,
    cycle,
    usage,
    allowance,
    holds,
    wouldHold,
  } = service;
  const used = usedBytes(service);
  const allowedBytes = allowance?.allowedBytes ?? null;
  const limits = service.limits.filter((limit) => limit.id !== 'quota');
  return {
    id,
    name,
    client,
    clientName,
    panel,
    product,
    productName,
    status,
    holds: toReasons(holds),
    releasing: toReasons(holds.filter(({ releasing }) => releasing === true)),
    restricting: toReasons(holds.filter(({ restricting }) => restricting === true)),
    partly: toReasons(holds.filter(({ partly }) => partly === true)),
    wouldHold,
    cycle,
    metered,
    readAt: usage?.readAt ?? null,
    panelDownSince: service.panelDownSince,
    ...(service.panelRemoved && { panelRemoved: true as const }),
    ...(service.stoppedByPanel && { stoppedByPanel: true as const }),
    ...(service.panelUndecided !== undefined && { panelUndecided: service.panelUndecided }),
    usedBytes: used,
    allowedBytes,
    unlimited: allowance?.unlimited === true,
    remainingBytes: allowance?.remainingBytes ?? null,
    limits,
    ...findFullest([{ id: 'quota', used, allowed: allowedBytes }, ...limits]),
  };
}

function findFullest(
  limits: readonly Pick<ReportService['limits'][number], 'id' | 'used' | 'allowed'>[],
): Pick<ReportService, 'share' | 'fullest'> {
  const shares = limits.flatMap(({ id, used, allowed }) => {
    const share = toShare(used, allowed);
    return share === null ? [] : [{ share, fullest: id }];
  });
  return shares.reduce<Pick<ReportService, 'share' | 'fullest'>>(
    (most, one) => (one.share > (most.share ?? -1) ? one : most),
    { share: null, fullest: null },
  );
}

function toReasons(holds: ServiceDetail['holds']): string[] {
  return holds.map(({ reason }) => reason);
}

/** Returns used divided by allowed, of bytes or of amounts: for order and bars, never an amount itself. */
export function toShare(used: number | string | null, allowed: number | string | null): number | null {
  if (used === null || allowed === null) return null;
  const [part, whole] = [Number(used), Number(allowed)];
  return whole === 0 ? 1 : part / whole;
}

function byShare(a: ReportService, b: ReportService): number {
  const order = (b.share ?? -1) - (a.share ?? -1);
  return order === 0 ? compareIds(a.id, b.id) : order;
}

function toTotals(services: readonly ReportService[]): ReportTotals {
  const hasLimit = ({ allowedBytes, limits }: ReportService): boolean => allowedBytes !== null || limits.length > 0;
  const isUnknown = (service: ReportService): boolean =>
    service.share === null && (hasLimit(service) || (service.metered && service.usedBytes === null));
  const count = (matches: (service: ReportService) => boolean): number => services.filter(matches).length;
  return {
    services: services.length,
    held: count(({ holds }) => holds.length > 0),
    usedUp: count(({ share }) => share !== null && share >= 1),
    nearLimit: count(({ share }) => share !== null && share >= NEAR && share < 1),
    unknown: count(isUnknown),
    withoutLimit: count((service) => !hasLimit(service)),
  };
}
