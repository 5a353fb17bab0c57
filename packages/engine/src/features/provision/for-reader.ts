import type { CommandReport } from '../command/types.js';
import type { Reader } from '../../context/reader.js';
import { serviceDetail } from '../services/show.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Returns the report of a command as a reader may see it: its service as it reads it, and no notices for operators. */
export async function commandReportFor(
  context: Context,
  report: CommandReport,
  reader: Reader,
): Promise<CommandReport> {
  if (reader === undefined) return report;
  const service = await serviceDetail(context, await requireService(context, report.service.id), reader);
  return { ...report, service, notices: [] };
}
