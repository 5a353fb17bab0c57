import type { CommandReport } from '@sluice/contract/documents';
import type { Reader } from '../../context/reader.js';
import { errorFor } from '../services/for-reader.js';
import { serviceDetail } from '../services/show.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/**
 * Returns the report of a command as a reader may see it: its service as it reads it, how the command ended in words for clients, and no
 * notices for operators.
 */
export async function commandReportFor(
  context: Context,
  report: CommandReport,
  reader: Reader,
): Promise<CommandReport> {
  if (reader === undefined) return report;
  const { error } = report;
  const { id, status, error: failed } = report.service;
  const stored = await serviceDetail(context, await requireService(context, id), reader);
  // The stored error is that of the last run, which is another one.
  const service = { ...stored, status, error: failed && errorFor(failed) };
  return { ...report, service, notices: [], ...(error === undefined ? {} : { error: errorFor(error) }) };
}
