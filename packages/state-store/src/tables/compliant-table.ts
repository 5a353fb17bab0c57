import { type RawBuilder, sql } from 'kysely';
import type { CompliantEntry, CompliantText } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { text, textList, textMap } from './columns.js';
import { IS_OPEN } from './confirmations-table.js';
import { decisions } from './hold-record-tables.js';
import { isIn } from './dialect.js';
import { inChunks, putRecords } from './record-queries.js';
import { recordTable } from './record-table.js';
import { compliantServices, cycles, samples, services } from './service-record-tables.js';

/** What a page shows of each service. */
const entries = recordTable<Omit<CompliantEntry, 'found'>>()(
  'services',
  { service: text('id'), product: text('product'), refs: textMap('refs'), ownRefs: textList('own_refs') },
  'service',
);

/** What runs found services compliant by. The rows are compared as they are stored: nothing is decoded. */
export function compliantTable(access: Access): StoreTables['compliant'] {
  return {
    page: (of) => access.read((session) => readPage(session, of)),
    texts: (panel, ids) =>
      access.read(({ db }) =>
        inChunks(ids, async (chunk) => {
          const { rows } = await sql<CompliantText>`select "s"."id" as "service", ${ROWS} as "text",
            "base"."at" as "sampleAt", "s"."updated_at" as "updatedAt", ${LAST_ACTION} as "actedAt"
            from "services" as "s" ${joinRows('inner')}
            where ${isIn('s.id', chunk)} and "s"."panel" = ${panel} and ${HAS_NO_PURCHASE}`.execute(db);
          return rows;
        }),
      ),
    confirmedAt: (panel) =>
      access.read(async ({ db }) => {
        const query = db.selectFrom('confirmations').select('read_at').where('panel', '=', panel);
        return (await query.orderBy('seq', 'desc').limit(1).executeTakeFirst())?.read_at ?? null;
      }),
    put: (records) => access.write((session) => putRecords(session, compliantServices, ['service', 'scope'], records)),
  };
}

/** A row of a page: what the last columns need is null without a record. */
type PageRow = Parameters<typeof entries.decode>[0] &
  Parameters<typeof compliantServices.decode>[0] & { text: string | null; sample_at: string | null };

async function readPage(
  { db }: Session,
  { panel, scope, at, after, limit }: Parameters<StoreTables['compliant']['page']>[0],
): Promise<CompliantEntry[]> {
  const isKnown = sql<boolean>`"k"."digest" is not null and ${HAS_NO_PURCHASE}`;
  const { rows } = await sql<PageRow>`select "s"."id", "s"."product", "s"."refs", "s"."own_refs", ${KEPT},
    case when "c"."id" is not null then ${ROWS} end as "text", "base"."at" as "sample_at"
    from "services" as "s"
    left join "compliant_services" as "k" on "k"."service" = "s"."id" and "k"."scope" = ${scope}
      and "k"."since" <= ${at} and "k"."until" > ${at}
    ${joinRows('left', isKnown)}
    where "s"."panel" = ${panel} and "s"."id" > ${after} order by "s"."id" limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...entries.decode(row), found: toFound(row) }));
}

function toFound(row: PageRow): CompliantEntry['found'] {
  const { text: rows, sample_at: sampleAt } = row;
  return rows === null || sampleAt === null ? null : { record: compliantServices.decode(row), text: rows, sampleAt };
}

/** The columns of the record, without the service, which a row has as its id. */
const KEPT = sql.join(
  compliantServices.columns.map((column) => sql`"k".${sql.ref(column)}`),
  sql.raw(', '),
);

/** What no text of a row contains. */
const BETWEEN = '\u0001';

/** The columns of a table as one text. */
function toText(alias: string, columns: readonly string[]): RawBuilder<string> {
  const parts = columns.map((column) => sql`coalesce(cast(${sql.ref(`${alias}.${column}`)} as text), '')`);
  return sql.join(parts, sql.raw(` || '${BETWEEN}' || `));
}

const LAST_ACTION = sql`(select max("a"."planned_at") from "actions" as "a" where "a"."service" = "s"."id")`;

const HAS_NO_PURCHASE = sql`not exists (select 1 from "purchases" as "p" where "p"."service" = "s"."id")`;

/** All rows that decide on a service but those of what few services have. */
const ROWS = sql`${sql.join(
  [
    toText('s', services.columns),
    toText('base', [...samples.columns, 'panel', 'confirmed_from']),
    toText('c', cycles.columns),
    toText('d', [...decisions.columns, 'basis']),
    sql`coalesce(cast((select max("a"."seq") from "actions" as "a" where "a"."service" = "s"."id") as text), '')`,
  ],
  sql.raw(` || '${BETWEEN}' || `),
)}`;

/** The sample that can be confirmed, the newest cycle and the decision of a service. */
function joinRows(kind: 'inner' | 'left', condition = sql<boolean>`1 = 1`): RawBuilder<unknown> {
  const join = sql.raw(`${kind} join`);
  return sql`${join} "usage_samples" as "base"
      on "base"."service" = "s"."id" and ${IS_OPEN} and "base"."panel" = "s"."panel" and ${condition}
    ${join} "decisions" as "d" on "d"."service" = "base"."service"
    ${join} "cycles" as "c" on "c"."id" = (select "n"."id" from "cycles" as "n" where "n"."service" = "base"."service"
      order by "n"."starts_at" desc, "n"."opened_at" desc, "n"."id" desc limit 1)`;
}
