import type { CommandReport } from '@sluice/contract/documents';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import type { Reader } from '../../context/reader.js';
import { errorFor } from '../services/for-reader.js';
import { serviceDetail } from '../services/show.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Runs a command for a reader, which sends no input of its own: what can't be used then is of the operator's config or machine. */
export async function hidingSetup<T>(reader: Reader, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfSetup = error instanceof SluiceError && error.kind === 'usage' && error.code !== 'forbidden';
    if (reader === undefined || !isOfSetup) throw error;
    throw new SluiceError(error.code, errorFor(toItemError(error)).message, { kind: 'store', cause: error });
  }
}

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
