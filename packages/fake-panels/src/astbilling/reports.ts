import { fromUnits, toDecimal, unitsAt } from './decimal.js';
import type { CallRow, ReportRow, ReportState } from './model.js';
import type { AstWorld } from './world.js';

/** The state of a report: queued, running, then what the quirks decide. */
export function reportState(world: AstWorld, report: ReportRow): ReportState {
  const { reportReads, reportEnd } = world.quirks;
  if (report.reads >= reportReads) return reportEnd;
  return report.reads === 0 ? 'queued' : 'running';
}

export function reportCalls(world: AstWorld, { subscriberId, from, until }: ReportRow): CallRow[] {
  return world
    .visibleCalls()
    .filter((call) => call.subscriberId === subscriberId && call.startedAt >= from && call.startedAt < until);
}

/** A report as the default wire shows it. */
export function reportJson(world: AstWorld, report: ReportRow): Record<string, unknown> {
  const status = reportState(world, report);
  const head = { id: `rep-${report.id}`, status, created_at: world.time.iso(report.createdAt) };
  if (status === 'failed') return { ...head, error: { code: 'internal', message: 'Falha ao gerar relatório' } };
  if (status !== 'ready') return head;
  const calls = reportCalls(world, report);
  const total = calls.reduce((sum, { charge }) => sum + (charge === null ? 0n : unitsAt(toDecimal(charge), 4)), 0n);
  report.finishedAt ??= world.now();
  return {
    ...head,
    finished_at: world.time.iso(report.finishedAt),
    rows: calls.length,
    total_charge: fromUnits(total, 4),
    file: world.quirks.reportFile ?? `/reports/rep-${report.id}/file`,
  };
}

/** The file of a report. */
export function reportFile(world: AstWorld, report: ReportRow): string {
  const rows = reportCalls(world, report).map((call) =>
    [
      call.id,
      world.time.iso(call.startedAt),
      call.source ?? '',
      call.destination,
      call.talkSeconds,
      call.charge ?? '',
    ].join(','),
  );
  return ['id,started_at,source,destination,talk_seconds,charge', ...rows, ''].join('\r\n');
}
