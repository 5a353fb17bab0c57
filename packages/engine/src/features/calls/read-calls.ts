import type { CallReportView, NumberOwner, PeriodView, RecordsReport, ReportedCalls } from '@sluice/contract/documents';
import { type CallFilter, type CallReportJob, SluiceError, usageError } from '@sluice/panel-kind';
import {
  type BillPeriod,
  type CallRecord,
  CallSum,
  type CallTotals,
  explicitPeriod,
  localDay,
  parseNumber,
  parsePeriod,
  reportFileName,
  toLocalTime,
} from '@sluice/quota-core/telephony';
import { numberSubject } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { beginThen, type Reader, visibleSince } from '../../context/reader.js';
import { isInWindow, type ServiceWindow, toSecond } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import type { CallReports } from './bill-view.js';
import { clip, clipToAll, toInstants } from './due.js';
import { type CallReportSink, gather } from './gather.js';
import { parseTime } from '../../base/times.js';
import { hasCalls, refuseUnsupported, requireTelephony } from '../telephony/panels.js';
import {
  findLineOfCalls,
  type Line,
  refuseCallsOfOther,
  refuseNoLine,
  requireLineOfCalls,
} from '../telephony/find-line.js';
import { readSorted } from './read-sorted.js';

/** Which records to read. */
export interface RecordsRequest {
  /** Null: of all lines of the panel. */
  service: string | null;
  /** A number, as it is written. */
  did: string | null;
  /** Null without a service: the only panel with telephony. */
  panel: string | null;
  direction: 'inbound' | 'outbound' | null;
  /** A local day; null with `from` null: today in the billing zone. */
  day: string | null;
  /** A local date or time, an instant, or `2d` ago. */
  from: string | null;
  /** Null: now. */
  to: string | null;
  /** Called with each record, in the order of time, and the period, which names the zone of the telephony system. */
  onCall: (call: CallRecord, period: PeriodView) => Promise<void> | void;
}

/** Reads call records in the order of time, and sums them. */
export async function readRecords(context: Context, request: RecordsRequest, reader?: Reader): Promise<RecordsReport> {
  if (request.day !== null && (request.from ?? request.to) !== null)
    throw usageError('bad_option', 'Name either the day, or from and to');
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
  const filter: CallFilter = {
    from: asked.start,
    to: asked.end,
    ...(line === null ? {} : { subscriberId: line.subscriberId }),
    ...(request.did === null ? {} : { did: parseNumber(request.did, telephony).number }),
    ...(request.direction === null ? {} : { direction: request.direction }),
  };
  const { currency } = telephony;
  const sum = new CallSum({ period, currency, subscriberId: line?.subscriberId ?? null });
  const instants = toInstants(period);
  const show = (call: CallRecord): CallRecord =>
    reader === undefined ? call : { ...call, carrierId: null, trunkId: null };
  for await (const calls of readSorted(telephony, filter, { signal: context.deps.signal })) {
    for (const call of calls) {
      if (isOwn(call.startedAt) && ['counted', 'problem'].includes(sum.add(call)))
        await request.onCall(show(call), instants);
    }
  }
  const { calls, billedSeconds, total: charge, problems } = sum.totals();
  const totals = { calls, billedSeconds, charge, withoutCharge: countProblems(problems), currency };
  const all = filter.did === undefined ? null : await listNumberOwners(context, panel, filter.did, instants);
  const owners = reader === undefined ? all : (all?.filter(({ client }) => client === reader) ?? null);
  return { panel, period: instants, provisional: instants.to >= context.now(), totals, owners };
}

async function listNumberOwners(
  { store }: Context,
  panel: string,
  number: string,
  { from, to }: PeriodView,
): Promise<NumberOwner[]> {
  const periods = await store.ownership.list({ panel, subjects: [numberSubject(number)] });
  return periods
    .filter(({ since, until }) => (since === null || since < to) && (until === null || until > from))
    .map(({ service, client, since, until }) => ({ service, client, from: since, to: until }));
}

function toWindow(context: Context, { day, from, to }: RecordsRequest, timeZone: string): BillPeriod {
  const now = context.deps.clock.now();
  const read = (text: string, option: string): string => parseTime(text, { timeZone, option, now });
  if (from !== null || to !== null) {
    if (from === null) throw usageError('invalid_period', 'A window needs its beginning');
    return explicitPeriod({ start: read(from, 'from'), end: read(to ?? 'now', 'to'), timeZone });
  }
  const start = day === null ? context.now() : read(day, 'day');
  return { ...localDay(toLocalTime(start, timeZone).slice(0, 10), timeZone), timeZone };
}

/** Who reads, and when it was read who has the line. */
interface Reading {
  reader: Reader;
  now: string;
}

/**
 * Returns when a service had its line, as far as a reader may see its calls: until it was read whose the line is, since it may be
 * another client's by the time the panel answers.
 */
function listOwn(line: Line, { reader, now }: Reading): ServiceWindow[] {
  const own = listWindows(line, reader);
  return reader === undefined ? own : own.map((one) => ({ ...one, to: one.to ?? toSecond(now) }));
}

/** Returns when a service had its line while it was a reader's. */
function listWindows({ windows }: Line, reader: Reader): ServiceWindow[] {
  return reader === undefined ? windows : windows.filter(({ client }) => client === reader);
}

/** Returns the part of a period that begins then. */
function beginCalls(period: BillPeriod, since: string | null): BillPeriod {
  const { timeZone } = period;
  const { start } = beginThen(period, since);
  return start === period.start ? period : { ...period, start: toLocalTime(start, timeZone) };
}

/** Which report to make. */
export interface CallReportCall {
  /** One of both. */
  service: string | null;
  client: string | null;
  /** Of a service: the client that reads. The report of a client is of its own calls for every reader. */
  reader?: Reader;
  period: string;
  /** Let the panel make the report. */
  remote: boolean;
  reports: CallReports;
}

/** Writes the report of a period without billing it, one file per line; of a client without the lines that do not exist yet. */
export async function reportCalls(context: Context, request: CallReportCall): Promise<ReportedCalls> {
  const now = context.now();
  const services =
    request.service === null
      ? await context.store.services.list({ client: request.client ?? '' })
      : [await requireService(context, request.service)];
  const own = services.filter(({ panel }) => hasCalls(context, panel));
  if (own.length === 0 && request.service !== null) await requireTelephony(context, services[0]?.panel ?? null);
  if (own.length === 0)
    throw notFound('unknown_client', `No service with calls is of client "${request.client ?? ''}"`);
  const lines: Line[] = [];
  const withoutLine: string[] = [];
  for (const service of own) {
    const line = await findLineOfCalls(context, service);
    if (line === null) withoutLine.push(service.id);
    else lines.push(line);
  }
  const [first] = own;
  if (lines.length === 0 && first !== undefined) refuseNoLine(first);
  for (const line of lines) await refuseCallsOfOther(context, line);
  const reports: CallReportView[] = [];
  for (const line of lines) reports.push(await reportLine(context, line, { ...request, now }));
  return { reports, withoutLine };
}

async function reportLine(
  context: Context,
  line: Line,
  request: CallReportCall & Pick<Reading, 'now'>,
): Promise<CallReportView> {
  const { service, telephony, subscriberId } = line;
  const { timeZone, installation, currency } = telephony;
  const invoiceDate = toLocalTime(context.now(), timeZone).slice(0, 10);
  const reader = request.client ?? request.reader;
  const windows = listOwn(line, { reader, now: request.now });
  const period = beginCalls(parsePeriod(request.period, { invoiceDate, timeZone }), visibleSince(service, reader));
  const { format } = request.reports;
  const name = reportFileName({ installation, subscriberId, period }).replace(/^calls_/, 'report_');
  const sink = await request.reports.open(name);
  try {
    const figures =
      request.remote && period.start !== period.end
        ? toFigures(await readRemote(context, line, { period, reader, sink }))
        : toFigures(
            (
              await gather(context, {
                ...{ line, period, windows, verifyPlan: null, report: { sink, format } },
                asked: clipToAll(period, windows),
              })
            ).totals,
          );
    const instants = toInstants(period);
    const provisional = instants.to >= context.now();
    return { service: service.id, period: instants, ...figures, currency, provisional, csv: await sink.finish() };
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

/** Which report the panel makes, for whom, and where it is written. */
interface RemoteReport {
  period: BillPeriod;
  reader: Reader;
  sink: CallReportSink;
}

/** Lets the panel make a report, which it needs long for: the line may be another client's once it has. */
async function readRemote(
  context: Context,
  line: Line,
  { period, reader, sink }: RemoteReport,
): Promise<CallReportJob> {
  const { service, subscriberId } = line;
  const job = await fetchRemoteReport(context, line, requireWhole(line, period, reader), sink);
  const now = await findLineOfCalls(context, await requireService(context, service.id), subscriberId);
  requireWhole(now ?? { ...line, windows: [] }, period, reader);
  return job;
}

/** Refuses a report of the panel over a time in which the line was not the service's throughout. */
function requireWhole(line: Line, period: BillPeriod, reader: Reader): BillPeriod {
  const { service } = line;
  const [part] = listWindows(line, reader).flatMap((window) => clip(period, window));
  if (part?.start === period.start && part.end === period.end) return period;
  throw new SluiceError(
    'line_of_other',
    `"${service.id}" did not have its line in all of the period, and the panel reports whole lines`,
    { details: { service: service.id } },
  );
}

type Figures = Pick<CallReportView, 'calls' | 'billedSeconds' | 'total' | 'withoutCharge'>;

function toFigures(made: CallTotals | CallReportJob): Figures {
  if (!('amount' in made))
    return { calls: made.rows, billedSeconds: null, total: made.totalCharge, withoutCharge: null };
  const { calls, billedSeconds, amount: total, problems } = made;
  return { calls, billedSeconds, total, withoutCharge: countProblems(problems) };
}

/** Returns how many calls are not in a sum. */
function countProblems(problems: CallTotals['problems']): number {
  return problems.reduce((count, problem) => count + problem.count, 0);
}

const INTERVAL_MS = 5_000;
const LONGEST_MS = 10 * 60_000;

/** Lets the panel make the report of a line, waits for it, and copies its file. */
async function fetchRemoteReport(
  context: Context,
  { telephony, subscriberId, service }: Line,
  period: BillPeriod,
  sink: CallReportSink,
): Promise<CallReportJob> {
  const { reports } = telephony;
  const { clock, signal } = context.deps;
  if (reports === null) {
    throw new SluiceError('unsupported', `Panel "${service.panel}" makes no reports`, { kind: 'unsupported' });
  }
  let job = await reports.create({ subscriberId, from: period.start, to: period.end }, signal);
  for (let waited = 0; job.status === 'queued' || job.status === 'running'; waited += INTERVAL_MS) {
    signal.throwIfAborted();
    if (waited >= LONGEST_MS) throw notMade(job, service.panel, 'is not ready after 10 minutes');
    await clock.sleep(INTERVAL_MS, signal);
    job = await reports.get(job.id, signal);
  }
  if (job.status !== 'ready') throw notMade(job, service.panel, `is ${job.status}`);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  await reports.download(job.id, (chunk) => sink.write(decoder.decode(chunk, { stream: true })), signal);
  await sink.write(decoder.decode());
  return job;
}

function notMade({ id }: CallReportJob, panel: string, why: string): SluiceError {
  return new SluiceError('report_failed', `Report "${id}" of panel "${panel}" ${why}`, { kind: 'panel' });
}
