import type { ImportProblem } from '@sluice/contract/documents';
import type { OverrideRecord, StoreTables } from '@sluice/state-store';
import { usageError } from '@sluice/panel-kind';
import { hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { openRow, parseYesNo, reportRows } from '../services/file-rows.js';
import type { ImportRow } from '../services/plan-rows.js';
import type { KeptReport } from './kept-rows.js';
import { checkAction, type OverrideChange, parseOverride, storeOverride } from '../usage/overrides.js';

const COLUMNS: readonly string[] = ['service', 'quota_gb', 'unlimited', 'mode', 'action', 'note'];

/** Stores the overrides of a file in a transaction, and reports what is wrong with its rows; then nothing may be stored. */
export async function storeOverrides(
  context: Context,
  tables: StoreTables,
  rows: readonly ImportRow[],
  lastApplied: string,
): Promise<KeptReport> {
  const problems: ImportProblem[] = [];
  const kept: ImportProblem[] = [];
  const ids = rows.map(({ values }) => (values['service'] ?? '').trim());
  const services = new Map((await tables.services.list({ ids })).map((one) => [one.id, one]));
  const seen = new Set<string>();
  const counts = { added: 0, changed: 0 };
  for (const row of rows) {
    const before = problems.length;
    const { service: id, text, say } = openRow(row, COLUMNS, problems);
    if (problems.length > before) continue;
    const service = services.get(id);
    if (service === undefined) say('service', id === '' ? 'is required' : `there is no service "${id}"`);
    else if (hasEnded(service)) say('service', `it is ${service.status}`);
    else if (seen.has(id)) say('service', 'is in the file twice');
    else {
      seen.add(id);
      try {
        const change = readChange(text);
        if (change.action != null) await checkAction(context, service.panel, change.action);
        const note = text('note') === '' ? context.deps.note : text('note');
        const [before] = await tables.overrides.open([id]);
        const since = before?.since ?? (await tables.overrides.all(id)).at(-1)?.until ?? '';
        if (since > lastApplied) {
          // What differs would be stored; the tables are left as they are.
          if (before === undefined || differs(before, change))
            kept.push({
              line: row.line,
              service: id,
              key: null,
              message: before === undefined ? 'its override was removed since' : 'its override was changed since',
            });
          continue;
        }
        if (await storeOverride(context, tables, id, { ...change, note })) counts[before ? 'changed' : 'added'] += 1;
      } catch (error) {
        say(null, (error as Error).message);
      }
    }
  }
  return { ...reportRows(rows, problems, counts), kept };
}

function differs(before: OverrideRecord, { quotaBytes, unlimited, mode, action }: OverrideChange): boolean {
  const statesQuota = quotaBytes !== undefined || unlimited;
  return (
    (statesQuota && (before.quotaBytes !== (quotaBytes ?? null) || before.unlimited !== unlimited)) ||
    (mode !== undefined && before.mode !== mode) ||
    (action !== undefined && before.action !== action)
  );
}

function readChange(text: (key: string) => string): OverrideChange {
  const stated = (key: string): string | undefined => (text(key) === '' ? undefined : text(key));
  const quota = stated('quota_gb');
  if (quota !== undefined && !/^\d{1,12}(\.\d{1,12})?$/.test(quota))
    throw usageError('bad_override', `quota_gb: "${quota}" is not a number of GB such as 500 or 1.5`);
  const unlimited = parseYesNo(text('unlimited'));
  if (unlimited === null) throw usageError('bad_override', `unlimited: "${text('unlimited')}" is neither yes nor no`);
  const size = quota === undefined ? undefined : Number(quota) === 0 ? '0' : `${quota}GB`;
  return parseOverride({ quota: size, unlimited, mode: stated('mode'), action: stated('action') });
}
