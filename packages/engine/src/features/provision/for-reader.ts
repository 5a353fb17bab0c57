import type { CommandReport } from '@sluice/contract/documents';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import type { Reader } from '../../context/reader.js';
import { errorFor } from '../services/for-reader.js';
import { serviceDetail } from '../services/show.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';

/** Errors about the place of a password, whose messages name a path of the operator's machine. */
const OF_PLACE: readonly string[] = [
  'password_file_exists',
  'password_file_unwritable',
  'password_nowhere',
  'bad_password',
];

/** Runs a command for a reader, which reads no path of the operator's machine in an error. */
export async function hidingPlaces<T>(reader: Reader, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfPlace = error instanceof SluiceError && OF_PLACE.includes(error.code);
    if (reader === undefined || !isOfPlace) throw error;
    // What is wrong is with the operator's machine, and not with the request.
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
