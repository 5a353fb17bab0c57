import type { CommandReport } from '@sluice/contract/documents';
import type { Reader } from '../../context/reader.js';
import { errorFor } from '../services/for-reader.js';
import { serviceDetail } from '../services/show.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Returns the report of a command as a reader may see it: its service and error as it reads them, and no notices for operators. */
export async function commandReportFor(
  context: Context,
  report: CommandReport,
  reader: Reader,
): Promise<CommandReport> {
  if (reader === undefined) return report;
  const service = await serviceDetail(context, await requireService(context, report.service.id), reader);
  const { error } = report;
  return { ...report, service, notices: [], ...(error === undefined ? {} : { error: errorFor(error) }) };
}
