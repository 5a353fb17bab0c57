import type { CommandReport } from '../commands/types.js';
import type { Reader } from '../services/reader.js';
import { serviceDetail } from '../services/show.js';
import { requireService, type Session } from '../session.js';

/** Returns the report of a command as a reader may see it: its service as it reads it, and no notices for operators. */
export async function commandReportFor(
  session: Session,
  report: CommandReport,
  reader: Reader,
): Promise<CommandReport> {
  if (reader === undefined) return report;
  const service = await serviceDetail(session, await requireService(session, report.service.id), reader);
  return { ...report, service, notices: [] };
}
