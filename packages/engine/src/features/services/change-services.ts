import type { DescribedChange } from '@sluice/contract/documents';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { serviceLease } from '../../context/leases.js';
import { type RunCommand, type Run, withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { suggestion } from '../../base/suggestion.js';
import { describeDuplicate, duplicateRefs } from './duplicate-refs.js';
import { type Change, listChanges } from './describe-changes.js';
import { applyField, listColumns } from '../../base/fields.js';
import { leavePanelName } from '../../base/name-sources.js';
import { findChange } from './find-change.js';
import { storeAdded, storeChanges } from './store-changes.js';
import { blankService, checkService, idProblem } from './check-service.js';
import { changeProblems } from './held-account.js';

/** Refuses keys that services do not have. */
export function checkKeys(
  { deps }: Context,
  pairs: readonly (readonly [key: string, text: string])[],
  also: readonly string[] = [],
): void {
  const { keys } = listColumns(deps.kinds);
  for (const [key] of pairs) {
    if (also.includes(key) || (key !== 'id' && keys.includes(key))) continue;
    if (key === 'id') throw usageError('unknown_key', "The id of a service can't be changed; nothing was stored");
    const known = keys.filter((name) => name !== 'id' || also.includes(name));
    const details = /quota/i.test(key) ? { figure: 'quota' } : {};
    throw usageError('unknown_key', `Unknown key "${key}"${suggestion(key, known)}`, details);
  }
}

/** Options of a change of a service. */
export interface ChangeOptions {
  /** Whether the service may have the id of another service on its panel. */
  allowDuplicateRefs?: boolean | undefined;
}

/** Adds one service. */
export async function addService(
  context: Context,
  id: string,
  pairs: [string, string][],
  options: ChangeOptions = {},
): Promise<ServiceRecord> {
  checkKeys(context, pairs);
  const wrongId = idProblem(id);
  if (wrongId !== null) throw usageError('bad_service', wrongId);
  return withRun(context, { command: 'service add', dryRun: false, service: id }, (run) =>
    run.store(async (tables) => {
      if (await tables.services.get(id)) {
        throw new SluiceError('service_exists', `Service "${id}" already exists`, { details: { service: id } });
      }
      const record = blankService(id, context.now());
      setFields(context, record, pairs);
      await refuseDuplicate(context, tables, { before: null, after: record }, options);
      await storeAdded(context, tables, [record]);
      return record;
    }),
  );
}

/** A service with what a command changed of it. */
export interface ChangedService {
  service: ServiceRecord;
  changes: DescribedChange[];
}

/** Changes keys of one service. */
export async function changeService(
  context: Context,
  id: string,
  pairs: [string, string][],
  { waitMs, allowDuplicateRefs }: ChangeOptions & { waitMs: number },
): Promise<ChangedService> {
  checkKeys(context, pairs);
  const panel = pairs.find(([key]) => key === 'panel')?.[1];
  return withServiceRun(context, id, { command: 'service set', waitMs }, async (service, run) => {
    if (panel !== undefined && panel !== service.panel) await refuseInDoubt(context, id);
    return run.store(async (tables) => {
      const record = structuredClone(service);
      setFields(context, record, pairs);
      const change = { before: service, after: record };
      const problem = (await changeProblems(context, tables, [change])).get(id);
      if (problem !== undefined) throw new SluiceError(problem.code, problem.message, { details: { service: id } });
      await refuseDuplicate(context, tables, change, { allowDuplicateRefs });
      const found = findChange(service, record, context.now());
      const changes = found === null ? [] : [found];
      const [changed = service] = await storeChanges(context, tables, { changes, run: run.id });
      return {
        service: changed,
        changes: listChanges([{ before: service, after: changed }], listColumns(context.deps.kinds)),
      };
    });
  });
}

async function refuseDuplicate(
  { config, deps: { kinds } }: Context,
  tables: StoreTables,
  change: Change,
  { allowDuplicateRefs: allow }: ChangeOptions,
): Promise<void> {
  const [duplicate] = await duplicateRefs({ config, kinds, allow }, tables, [change]);
  if (duplicate === undefined) return;
  const { service, ref, value, other } = duplicate;
  throw new SluiceError('duplicate_ref', `"${service}" was not stored: ${describeDuplicate(duplicate)}`, {
    details: { service, ref, value, other },
  });
}

function setFields(context: Context, record: ServiceRecord, pairs: [string, string][]): void {
  const problems: string[] = [];
  const { refs } = listColumns(context.deps.kinds);
  for (const [key, value] of [...pairs].sort(byClient)) {
    try {
      refuseRemoval(record, key, value);
      applyField(record, key, value, refs);
      // Also one that is the same as the panel's: it does not follow that one any more.
      if (key === 'name' && record.name !== null) leavePanelName(record);
    } catch (error) {
      problems.push(`${key}: ${(error as Error).message}`);
    }
  }
  if (problems.length === 0)
    problems.push(
      ...checkService(record, context.config, context.deps.kinds)
        .filter(([key]) => !isKept(record, key, pairs))
        .map(([key, message]) => `${key}: ${message}`),
    );
  if (problems.length > 0) {
    throw usageError('bad_service', `"${record.id}" was not stored:`, { service: record.id, problems }, problems);
  }
}

/** A service that ended keeps a panel and a product that have left the config. */
function isKept(record: ServiceRecord, key: string, pairs: readonly (readonly [string, string])[]): boolean {
  if (record.status !== 'terminated' || (key !== 'panel' && key !== 'product')) return false;
  return record[key] !== '' && pairs.every(([given]) => given !== key);
}

/** Sorts the client first: a field of its person that is set with it is the next client's. */
function byClient([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return Number(b === 'client') - Number(a === 'client');
}

/** An import leaves the ids of an account that Sluice created where its column is empty; a person who removes one is refused. */
function refuseRemoval({ id, refs, ownRefs }: ServiceRecord, key: string, value: string): void {
  const own = refs[key];
  if (value.trim() !== '' || own === undefined || !ownRefs.includes(key)) return;
  throw new Error(
    `the account that Sluice created for "${id}" is ${own}; terminate the service before you remove ${key}`,
  );
}

/** Refuses while a change may have been made: undoing it needs the service and its panel. */
export async function refuseInDoubt(context: Context, id: string): Promise<void> {
  const rows = await context.store.actions.unresolved({ services: [id] });
  const row = rows.find((action) => action.calledAt !== null);
  if (!row) return;
  throw new SluiceError('service_in_doubt', `"${id}" has an action in doubt (${row.type} ${row.target})`, {
    details: { service: id, action: row.id },
  });
}

/** Runs a command that changes no panel under the lease of its service, which is read again under it. */
export async function withServiceRun<T>(
  context: Context,
  id: string,
  { command, waitMs }: { command: RunCommand; waitMs: number },
  work: (service: ServiceRecord, run: Run) => Promise<T>,
): Promise<T> {
  await requireService(context, id);
  return withRun(context, { command, dryRun: false, service: id }, async (run) => {
    await run.leases.take(serviceLease(id), waitMs);
    return work(await requireService(context, id), run);
  });
}
