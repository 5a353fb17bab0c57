import type { DescribedChange } from '@sluice/contract/documents';
import type { ServiceRecord } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { isProtected } from '../../kernel/subject/holds.js';
import type { Context } from '../../context/context.js';
import { type Columns, listColumns, toFields } from '../../base/fields.js';

/** A service before (null: it is new) and after a change. */
export interface Change {
  before: ServiceRecord | null;
  after: ServiceRecord;
}

/** Returns what an import would store, and which of the new services are enforced; nothing if it has problems. */
export async function describeChanges(
  context: Context,
  { rowChanges, problems }: { rowChanges: readonly Change[]; problems: readonly unknown[] },
): Promise<{ dryRun: true; changes: DescribedChange[]; enforced: string[] }> {
  if (problems.length > 0) return { dryRun: true, changes: [], enforced: [] };
  const columns = listColumns(context.deps.kinds);
  const enforcements = await readEnforcements(context.config, context.store);
  const isEnforced = ({ before, after }: Change): boolean =>
    before === null &&
    after.status !== 'pending' &&
    after.status !== 'terminated' &&
    !isProtected(context.config, after, context.now()) &&
    !enforcements.isObserving(after.panel, after.product);
  return {
    dryRun: true,
    changes: listChanges(rowChanges, columns),
    enforced: rowChanges.filter(isEnforced).map(({ after }) => after.id),
  };
}

/** Returns the services that are added or changed, with their keys. */
export function listChanges(changes: readonly Change[], columns: Columns): DescribedChange[] {
  return changes.map((change) => describeChange(change, columns)).filter(({ added, keys }) => added || keys.length > 0);
}

/** Returns the keys that differ, with their texts. */
export function describeChange({ before, after }: Change, columns: Columns): DescribedChange {
  const had = before === null ? {} : texts(before, columns);
  const has = texts(after, columns);
  const keys = columns.keys
    .filter((key) => key !== 'id' && had[key] !== has[key])
    .map((key) => ({ key, before: had[key] ?? null, after: has[key] ?? null }));
  return { service: after.id, name: after.name, added: before === null, keys };
}

/** Unlike an export, names a service that vanished as such: an import makes it active again. */
function texts(record: ServiceRecord, columns: Columns): Partial<Record<string, string>> {
  return { ...toFields(record, columns), status: record.status };
}
