import { isDeepStrictEqual } from 'node:util';
import type { ImportProblem } from '@sluice/contract/documents';
import type { AutoBuyRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { usageError } from '@sluice/panel-kind';
import { hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { toChange } from '../purchases/auto-buy-preferences.js';
import { findRow, putOwn } from '../purchases/link-preferences.js';
import { requireOffered, requirePackage } from '../purchases/packages.js';
import type { KeptReport } from './kept-rows.js';
import { openRow, parseYesNo, reportRows } from '../services/file-rows.js';
import type { ImportRow } from '../services/plan-rows.js';
import { readPreferences, UNSTATED } from '../../kernel/subject/auto-buy-rule.js';

const COLUMNS: readonly string[] = ['service', 'client', 'enabled', 'package', 'threshold_gb', 'max_per_cycle'];

/** Stores the preferences of a file in a transaction, and reports what is wrong with its rows; then nothing may be stored. */
export async function storePreferences(
  context: Context,
  tables: StoreTables,
  rows: readonly ImportRow[],
  lastApplied: string,
): Promise<KeptReport> {
  const problems: ImportProblem[] = [];
  const kept: ImportProblem[] = [];
  const ids = rows.map(({ values }) => (values['service'] ?? '').trim()).filter((id) => id !== '');
  const services = new Map((await tables.services.list({ ids })).map((one) => [one.id, one]));
  const seen = new Set<string>();
  const counts = { added: 0, changed: 0 };
  for (const row of rows) {
    const before = problems.length;
    const { service: id, text, say } = openRow(row, COLUMNS, problems);
    if (problems.length > before) continue;
    try {
      const subject = await findSubject(tables, services, { service: id, client: text('client') });
      const key = JSON.stringify([subject.scope, subject.subject]);
      if (seen.has(key)) throw usageError('bad_import', `${subject.scope} "${subject.subject}" is in the file twice`);
      seen.add(key);
      const change = readChange(context, subject.service, text);
      const stored = await store(context, tables, subject, { change, lastApplied });
      if (stored === 'kept')
        kept.push({
          line: row.line,
          service: id === '' ? null : id,
          key: null,
          message: 'the choice was changed since',
        });
      else if (stored !== 'same') counts[stored] += 1;
    } catch (error) {
      say(null, (error as Error).message);
    }
  }
  return { ...reportRows(rows, problems, counts), kept };
}

interface Subject {
  scope: 'service' | 'client';
  subject: string;
  service: ServiceRecord | null;
}

async function findSubject(
  tables: StoreTables,
  services: ReadonlyMap<string, ServiceRecord>,
  { service: id, client }: { service: string; client: string },
): Promise<Subject> {
  if ((id === '') === (client === '')) throw usageError('bad_import', 'state either a service or a client');
  if (client !== '') {
    if ((await tables.services.list({ client, limit: 1 })).length === 0)
      throw usageError('bad_import', `no service has the client "${client}"`);
    return { scope: 'client', subject: client, service: null };
  }
  const service = services.get(id);
  if (service === undefined) throw usageError('bad_import', `there is no service "${id}"`);
  if (hasEnded(service)) throw usageError('bad_import', `it is ${service.status}`);
  return { scope: 'service', subject: id, service };
}

function readChange(
  { config }: Context,
  service: ServiceRecord | null,
  text: (key: string) => string,
): Partial<AutoBuyRecord> {
  const enabled = text('enabled') === '' ? undefined : parseYesNo(text('enabled'));
  if (enabled === null) throw usageError('bad_import', `enabled: "${text('enabled')}" is neither yes nor no`);
  const name = text('package') === '' ? undefined : text('package');
  if (name !== undefined && service !== null) requireOffered(config, service, name, {});
  if (name !== undefined && service === null) requirePackage(config, name);
  const threshold = text('threshold_gb');
  if (!/^(\d{1,12}(\.\d{1,12})?)?$/.test(threshold))
    throw usageError('bad_import', `threshold_gb: "${threshold}" is not a number of GB such as 10`);
  const most = text('max_per_cycle');
  if (!/^\d{0,9}$/.test(most)) throw usageError('bad_import', `max_per_cycle: "${most}" is not a whole number`);
  return toChange({
    enabled,
    package: name,
    ...(threshold !== '' && { threshold: Number(threshold) === 0 ? '0' : `${threshold}GB` }),
    ...(most !== '' && { maxPerCycle: Number(most) }),
  });
}

async function store(
  context: Context,
  tables: StoreTables,
  { scope, subject }: Subject,
  { change, lastApplied }: { change: Partial<AutoBuyRecord>; lastApplied: string },
): Promise<'added' | 'changed' | 'same' | 'kept'> {
  const stored = await readPreferences(tables, context.now());
  const own = findRow(stored, scope, subject);
  const before = { ...UNSTATED, ...own, scope, subject, link: null, updatedAt: own?.updatedAt ?? context.now() };
  const after = { ...before, ...change };
  if (own !== undefined && isDeepStrictEqual(after, before)) return 'same';
  if (own !== undefined && own.updatedAt > lastApplied) return 'kept';
  await putOwn(tables, stored, { ...after, updatedAt: context.now() }, change);
  return own === undefined ? 'added' : 'changed';
}
