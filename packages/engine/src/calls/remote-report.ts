import { type CallReportJob, SluiceError } from '@sluice/panel-kind';
import type { BillPeriod } from '@sluice/telephony';
import type { Session } from '../session.js';
import type { CallReportSink } from './gather.js';
import type { Line } from './line-of-service.js';

const INTERVAL_MS = 5_000;
const LONGEST_MS = 10 * 60_000;

/** Lets the panel make the report of a line, waits for it, and copies its file. */
export async function fetchRemoteReport(
  session: Session,
  { telephony, subscriberId, service }: Line,
  period: BillPeriod,
  sink: CallReportSink,
): Promise<CallReportJob> {
  const { reports } = telephony;
  const { clock, signal } = session.deps;
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
