import type { ImportReport } from '@sluice/contract/documents';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { checkKeys } from './change-services.js';
import { blankService } from './check-service.js';
import { applyField, type Columns, listColumns, toFields } from '../../base/fields.js';
import { importServices } from './import-services.js';
import type { ImportRow } from './plan-rows.js';

/** A key of an import and its text; an empty text is unset. */
export type Pair = readonly [key: string, text: string];

/** Which services to change, and how. */
export interface WhereRequest {
  where: readonly Pair[];
  texts: Record<string, string>;
  waitMs: number;
  allowDuplicateRefs?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/**
 * Changes all services that match, or none. Returns their ids and what was (in a dry run: would be) changed.
 *
 * @throws SluiceError `no_match`, `bad_service`, or the code that all problems have, such as `duplicate_ref`
 */
export async function setWhere(
  context: Context,
  { where, texts, ...how }: WhereRequest,
): Promise<{ ids: string[]; report: ImportReport }> {
  checkKeys(context, Object.entries(texts));
  const wanted = parseWhere(context, where);
  let ids: string[] = [];
  const rows = async (tables: StoreTables): Promise<ImportRow[]> => {
    ids = await listMatching(tables, wanted, listColumns(context.deps.kinds));
    if (ids.length === 0) {
      const words = where.map(([key, text]) => `${key}=${text}`).join(' and ');
      throw usageError('no_match', `No service has ${words}; nothing was changed`);
    }
    return ids.map((id) => ({ line: null, values: { ...texts, id } }));
  };
  const report = await importServices(context, { command: 'service set', rows, describe: true, ...how });
  refuse(report);
  return { ids, report };
}

/** Returns the pairs with their texts as services store them, so that `Monthly` finds `monthly`. */
function parseWhere(context: Context, where: readonly Pair[]): Pair[] {
  checkKeys(context, where, ['id']);
  const columns = listColumns(context.deps.kinds);
  return where.map(([key, text]) => {
    if (key === 'id' || text.trim() === '') return [key, text.trim()];
    const record = blankService('', context.now());
    try {
      applyField(record, key, text, columns.refs);
    } catch (error) {
      throw usageError('bad_service', `${key}: ${(error as Error).message}; nothing was changed`);
    }
    return [key, toFields(record, columns)[key] ?? ''];
  });
}

async function listMatching(tables: StoreTables, wanted: readonly Pair[], columns: Columns): Promise<string[]> {
  const matches = (service: ServiceRecord): boolean => {
    const fields: Record<string, string> = { ...toFields(service, columns), status: service.status };
    return wanted.every(([key, text]) => (fields[key] ?? '') === text);
  };
  return (await tables.services.list({}))
    .filter(matches)
    .map(({ id }) => id)
    .sort(compareIds);
}

function refuse({ problems }: ImportReport): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ service, message }) => `${service ?? ''}: ${message}`);
  const details = { problems: lines };
  const message = 'Nothing was changed:';
  const [code, ...others] = new Set(problems.map((problem) => problem.code));
  if (code !== undefined && others.length === 0) throw new SluiceError(code, message, { details, lines });
  throw usageError('bad_service', message, details, lines);
}
