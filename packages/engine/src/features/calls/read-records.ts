import type { NumberOwner, PeriodView, RecordsReport } from '@sluice/contract/documents';
import { type CallFilter, usageError } from '@sluice/panel-kind';
import {
  type BillPeriod,
  type CallRecord,
  explicitPeriod,
  localDay,
  parseNumber,
  parsePeriod,
  toLocalTime,
} from '@sluice/quota-core/telephony';
import { numberSubject } from '@sluice/state-store';
import { type Reader, visibleSince } from '../../context/reader.js';
import { isInWindow } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { readNames } from '../../context/names.js';
import { requireService } from '../../context/find-service.js';
import { parseTime } from '../../base/times.js';
import { refuseUnsupported, requireTelephony } from '../telephony/panels.js';
import { refuseCallsOfOther, requireLineOfCalls } from '../telephony/find-line.js';
import { clipToAll, toInstants } from './due.js';
import { beginCalls, listOwn } from './own-calls.js';
import { readSorted } from './read-sorted.js';
import { RecordSums } from './record-sums.js';
import { type CallMatch, toMatch } from './match-call.js';

/** Which records to read. */
export interface RecordsRequest extends CallMatch {
  /** Null: of all lines of the panel. */
  service: string | null;
  /** A number, as it is written. */
  did: string | null;
  /** Null without a service: the only panel with telephony. */
  panel: string | null;
  /** `previous-month`, `YYYY-MM` or `FROM..TO`: local dates in the billing zone, half open. In place of `day`, `from` and `to`. */
  period: string | null;
  /** A local day; null with `from` and `period` null: today in the billing zone. */
  day: string | null;
  /** A local date or time, an instant, or `2d` ago. */
  from: string | null;
  /** Null: now. */
  to: string | null;
  /** Sums all calls of the time, too, and those of each day, whatever direction, search and outcome are listed. */
  whole: boolean;
  /** Called with each record, in the order of time, and the period, which names the zone of the telephony system. */
  onCall: (call: CallRecord, period: PeriodView) => Promise<void> | void;
}

/** Reads call records in the order of time, and sums them. */
export async function readRecords(context: Context, request: RecordsRequest, reader?: Reader): Promise<RecordsReport> {
  refuseTwoTimes(request);
  const service = request.service === null ? null : await requireService(context, request.service);
  const on = await requireTelephony(context, service?.panel ?? request.panel);
  const { panel, telephony } = on;
  refuseUnsupported(on, { resource: 'calls', operation: 'read' });
  const now = context.now();
  const line = service === null ? null : await requireLineOfCalls(context, service);
  if (line !== null) await refuseCallsOfOther(context, line);
  const since = service === null ? null : visibleSince(service, reader);
  const windows = line === null ? null : listOwn(line, { reader, now });
  const isOwn = (startedAt: string): boolean => windows?.some((one) => isInWindow(startedAt, one)) ?? true;
  const period = beginCalls(toWindow(context, request, telephony.timeZone), since);
  const asked = windows === null ? period : clipToAll(period, windows);
  const { direction, whole } = request;
  const filter: CallFilter = {
    from: asked.start,
    to: asked.end,
    ...(line === null ? {} : { subscriberId: line.subscriberId }),
    ...(request.did === null ? {} : { did: parseNumber(request.did, telephony).number }),
    ...(direction === null || whole ? {} : { direction }),
  };
  const sums = new RecordSums({
    period,
    currency: telephony.currency,
    subscriberId: line?.subscriberId ?? null,
    whole,
  });
  const instants = toInstants(period);
  const matches = toMatch(request);
  const show = (call: CallRecord): CallRecord =>
    reader === undefined ? call : { ...call, carrierId: null, trunkId: null };
  for await (const calls of readSorted(telephony, filter, { signal: context.deps.signal })) {
    for (const call of calls) {
      if (isOwn(call.startedAt) && sums.add(call, matches(call))) await request.onCall(show(call), instants);
    }
  }
  const all = filter.did === undefined ? null : await listNumberOwners(context, panel, filter.did, instants);
  const owners = reader === undefined ? all : toReaderOwners(all, reader);
  return { panel, period: instants, provisional: instants.to >= context.now(), ...sums.report(), owners };
}

function refuseTwoTimes({ day, from, to, period }: RecordsRequest): void {
  const stated = [day, period, from ?? to].filter((one) => one !== null);
  if (stated.length > 1) throw usageError('bad_option', 'Name either the day, or the period, or from and to');
}

async function listNumberOwners(
  { store }: Context,
  panel: string,
  number: string,
  { from, to }: PeriodView,
): Promise<NumberOwner[]> {
  const periods = await store.ownership.list({ panel, subjects: [numberSubject(number)] });
  const within = periods.filter(
    ({ since, until }) => (since === null || since < to) && (until === null || until > from),
  );
  const names = await readNames(store, within);
  return within.map(({ service, client, since, until }) => {
    const named = { name: names.toService(service), clientName: names.toClient(client) };
    return { service, client, ...named, from: since, to: until };
  });
}

/** Returns the times of a client; another one may have the service by now, and have named it. */
function toReaderOwners(all: readonly NumberOwner[] | null, reader: string | null): NumberOwner[] | null {
  const own = all?.filter(({ client }) => client === reader);
  return own?.map((owner) => ({ ...owner, name: null, clientName: null })) ?? null;
}

function toWindow(context: Context, { day, from, to, period }: RecordsRequest, timeZone: string): BillPeriod {
  const now = context.deps.clock.now();
  const read = (text: string, option: string): string => parseTime(text, { timeZone, option, now });
  const today = toLocalTime(context.now(), timeZone).slice(0, 10);
  if (period !== null) return parsePeriod(period, { invoiceDate: today, timeZone });
  if (from !== null || to !== null) {
    if (from === null) throw usageError('invalid_period', 'A window needs its beginning');
    return explicitPeriod({ start: read(from, 'from'), end: read(to ?? 'now', 'to'), timeZone });
  }
  const start = day === null ? today : toLocalTime(read(day, 'day'), timeZone).slice(0, 10);
  return { ...localDay(start, timeZone), timeZone };
}
