import type { ImportProblem, ImportReport } from '@sluice/contract/documents';
import type { StoreTables } from '@sluice/state-store';
import { listColumns } from '../../base/fields.js';
import type { Context } from '../../context/context.js';
import { describeChange } from '../services/describe-changes.js';
import type { planImport } from '../services/import-services.js';
import { findChange } from '../services/find-change.js';
import { toChanges } from '../services/plan-rows.js';

/**
 * When rows of an adoption were last stored: what has changed since then was changed on purpose, and stays. Empty before the first time, so
 * that whatever the store has stays.
 */
export async function readLastApplied({ runs }: Pick<StoreTables, 'runs'>): Promise<string> {
  const [last] = await runs.list({ command: 'adopt apply', outcomes: ['done'], limit: 1 });
  return last?.finishedAt ?? '';
}

/** Returns the ids of services that were removed since rows of an adoption were last stored, and are not there again. */
export async function listRemoved({ runs, services }: Pick<StoreTables, 'runs' | 'services'>): Promise<Set<string>> {
  const lastApplied = await readLastApplied({ runs });
  if (lastApplied === '') return new Set();
  const removals = await runs.list({ command: 'service remove', outcomes: ['done'], since: lastApplied });
  const ids = removals.flatMap(({ service }) => service ?? []);
  if (ids.length === 0) return new Set();
  const there = new Set((await services.list({ ids })).map(({ id }) => id));
  return new Set(ids.filter((id) => !there.has(id)));
}

/** A report with the rows that were left as they are, each with what stays. */
export interface KeptReport extends ImportReport {
  kept: ImportProblem[];
}

type Plan = Awaited<ReturnType<typeof planImport>>;

/** A plan without the changes of services that stay as they are. */
export interface KeptPlan extends Plan {
  kept: ImportProblem[];
}

/**
 * Leaves services as they are that were changed since rows were last stored, and refuses to move one to another panel, which only rows of
 * another shop would do.
 */
export function keepChanged(context: Context, plan: Plan, lastApplied: string): KeptPlan {
  const columns = listColumns(context.deps.kinds);
  const problems: ImportProblem[] = [];
  const kept: ImportProblem[] = [];
  const rowChanges = plan.rowChanges.filter(({ row, before, after }) => {
    if (before === null || findChange(before, after, context.now()) === null) return true;
    const say = (to: ImportProblem[], key: string | null, message: string): false => {
      to.push({ line: row.line, service: after.id, key, message });
      return false;
    };
    if (before.panel !== after.panel)
      return say(
        problems,
        'panel',
        `it is a service of panel "${before.panel}": an adoption moves no service to another panel`,
      );
    if (before.updatedAt <= lastApplied) return true;
    const differing = describeChange({ before, after }, columns).keys.map(
      ({ key, before: has, after: stated }) => `${key} stays ${has ?? 'unset'} (here ${stated ?? 'unset'})`,
    );
    return say(kept, null, `it was changed since: ${differing.join(', ')}`);
  });
  const { added, changes } = toChanges(rowChanges, context.now());
  const unchanged = plan.rows.length - added.length - changes.length;
  return { ...plan, rowChanges, added, changes, unchanged, problems: [...plan.problems, ...problems], kept };
}
