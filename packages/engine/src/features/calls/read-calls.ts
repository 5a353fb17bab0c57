import type { CallReportView, ReportedCalls } from '@sluice/contract/documents';
import { type CallReportJob, SluiceError } from '@sluice/panel-kind';
import {
  type BillPeriod,
  type CallTotals,
  parsePeriod,
  reportFileName,
  toLocalTime,
} from '@sluice/quota-core/telephony';
import { notFound } from '../../base/errors.js';
import { type Reader, visibleSince } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import type { CallReports } from './bill-view.js';
import { clip, clipToAll, toInstants } from './due.js';
import { type CallReportSink, gather } from './gather.js';
import { beginCalls, countProblems, listOwn, listWindows, type Reading } from './own-calls.js';
import { hasCalls, requireTelephony } from '../telephony/panels.js';
import { findLineOfCalls, type Line, refuseCallsOfOther, refuseNoLine } from '../telephony/find-line.js';

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
    return {
      service: service.id,
      name: service.name,
      period: instants,
      ...figures,
      currency,
      provisional,
      csv: await sink.finish(),
    };
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
