import type { DecisionRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { closeSamples, CONFIRMED, confirmedDecision, IS_OPEN, NEWEST } from './confirmations-table.js';
import { DECISION_FIGURES, decisionFigures } from './decision-figures.js';
import { isIn } from './dialect.js';
import { inChunks, inChunksOrAll } from './record-queries.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { insertRecords, listByTime } from './record-queries.js';
import { decisionHistory, decisions } from './hold-record-tables.js';
import { noteDecided } from './undecided.js';

/** The latest decision about each service, and its history. */
export function decisionsTable(access: Access): StoreTables['decisions'] {
  return {
    latest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          let query = newest(db);
          if (chunk !== undefined) query = query.where(isIn('decisions.service', chunk));
          return query.orderBy('decisions.service').execute();
        });
        return rows.map((row) => confirmedDecision(decisions.decode(row), row));
      }),
    record: (records) =>
      access.write(async (session) => {
        const latest = lastOfEach(records, (record) => record.service).map((record) => ({
          record,
          basis: decisionBasis(record),
        }));
        const services = latest.map(({ record }) => record.service);
        await closeSamples(session, services);
        const known = await readBasis(session, services);
        const changed = latest.filter(({ record, basis }) => known.get(record.service) !== basis);
        await insertRecords(
          session,
          decisionHistory,
          changed.map(({ record }) => record),
        );
        await insertRows(
          session,
          { table: decisions.table, columns: [...decisions.columns, 'basis', ...DECISION_FIGURES] },
          latest.map(({ record, basis }) => {
            const values = decisions.values(record);
            values.push(basis, ...decisionFigures(record));
            return values;
          }),
          { do: 'update', key: ['service'] },
        );
        await noteDecided(session, services);
      }),
    ofRun: (service, run) =>
      access.read(async (session) => {
        const where = { service, run };
        const [record] = await listByTime(session, decisionHistory, 'at', { where, newestFirst: true, limit: 1 });
        return record ?? null;
      }),
    since: (service, since) =>
      access.read((session) => listByTime(session, decisionHistory, 'at', { where: { service }, since })),
    at: (service, at) =>
      access.read(async (session) => {
        const latest = await newest(session.db).where('decisions.service', '=', service).executeTakeFirst();
        if (latest !== undefined && (latest.last_at ?? latest.at) <= at) {
          return confirmedDecision(decisions.decode(latest), latest);
        }
        const selection = { where: { service }, until: at, newestFirst: true, limit: 1 };
        const [earlier] = await listByTime(session, decisionHistory, 'at', selection);
        return earlier ?? null;
      }),
  };
}

/** The newest decisions with their last confirmation. */
function newest(db: Session['db']) {
  return db
    .selectFrom('decisions')
    .leftJoin('usage_samples as base', (join) => join.onRef('base.service', '=', 'decisions.service').on(IS_OPEN))
    .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
    .select(decisions.columns.map((column) => `decisions.${column}` as const))
    .select(CONFIRMED);
}

async function readBasis({ db }: Session, services: readonly string[]): Promise<Map<string, string>> {
  const rows = await inChunks(services, (chunk) =>
    db.selectFrom('decisions').select(['service', 'basis']).where(isIn('service', chunk)).execute(),
  );
  return new Map(rows.map((row) => [row.service, row.basis]));
}

/**
 * Digest that distinguishes a decision from the next: everything but the run, its time and the usage.
 * The order of members in JSON does not matter.
 */
export function decisionBasis(decision: DecisionRecord): string {
  const { cycle, status, rule, mode, action, allowance, wouldHold, observing, errorCode, errorMessage } = decision;
  const parts: unknown[] = [
    cycle,
    status,
    rule,
    mode,
    action,
    allowance,
    wouldHold,
    observing,
    errorCode,
    errorMessage,
  ];
  parts.push(withoutUsage(decision.inputs));
  // The caller writes their members in this order already; copying them would cost more than the digest.
  const text = JSON.stringify(isInOrder(parts) ? parts : inOrder(parts));
  // Loaded on demand: most commands write no decisions.
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64url');
}

/** Removes the members that change with every reading. */
function withoutUsage(inputs: unknown): unknown {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return inputs;
  const {
    usage: _usage,
    peak: _peak,
    reading: _reading,
    remainingBytes: _remaining,
    ...rest
  } = inputs as Record<string, unknown>;
  return rest;
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = '';
  const members = value as Record<string, unknown>;
  for (const name in members) {
    if (name < before || !isInOrder(members[name])) return false;
    before = name;
  }
  return true;
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, member]) => [name, inOrder(member)]));
}
