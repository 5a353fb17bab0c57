import { sql } from 'kysely';
import {
  beginPeriods,
  changesOwner,
  endPeriods,
  listSubjects,
  type OwnerChange,
  type PeriodsBySubject,
  type Subject,
  subjectKey,
} from '../ownership-change.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { inChunks, inChunksOrAll } from './chunks.js';
import { insertRecords, listCounted, listRecords } from './record-queries.js';
import { ownership } from './record-tables.js';

/** Who had services and objects of panels, and when. */
export function ownershipTable(access: Access): StoreTables['ownership'] {
  return {
    list: ({ panel, subjects, service, client, limit }) =>
      access.read(async (session) =>
        inChunksOrAll(subjects, (subject) =>
          listRecords(session, ownership, { where: { panel, subject, service, client }, order: ['seq'], limit }),
        ),
      ),
  };
}

/** Stores what changes of services do to who has what, in the order of the changes: what ends comes before what begins. */
export async function recordOwnership(session: Session, all: readonly OwnerChange[]): Promise<void> {
  const changes = all.filter(changesOwner);
  if (changes.length === 0) return;
  await renamePanels(session, changes);
  const subjects = changes.flatMap(({ before, after }) => [...listSubjects(before), ...listSubjects(after)]);
  const periods = await readPeriods(session, subjects);
  const stored = new Map([...periods.values()].flat().map((period) => [period.seq, { ...period }]));
  for (const change of changes) endPeriods(periods, change);
  for (const change of changes) beginPeriods(periods, change);
  const changed = [...periods.values()].flat();
  for (const { seq, client, until } of changed) {
    const before = stored.get(seq);
    if (before === undefined || (before.client === client && before.until === until)) continue;
    await sql`update "ownership" set "client" = ${client}, "until" = ${until} where "seq" = ${seq}`.execute(session.db);
  }
  const added = changed.filter(({ seq }) => seq === null);
  await insertRecords(session, ownership, added);
}

/** A panel with another name in the config has the same objects, unless another service has one of them there. */
async function renamePanels({ db }: Session, changes: readonly OwnerChange[]): Promise<void> {
  for (const { before, after } of changes) {
    if (before === null || after === null || before.panel === after.panel) continue;
    for (const { panel, subject } of listSubjects(before)) {
      if (panel === '') continue;
      await sql`update "ownership" set "panel" = ${after.panel} where "panel" = ${panel} and "subject" = ${subject}
        and not exists (select 1 from "ownership" where "panel" = ${after.panel} and "subject" = ${subject})
        and not exists (select 1 from "ownership" where "panel" = ${panel} and "subject" = ${subject}
          and "service" <> ${before.id} and "until" is null)`.execute(db);
    }
  }
}

async function readPeriods(session: Session, subjects: readonly Subject[]): Promise<PeriodsBySubject> {
  const names = subjects.map(({ subject }) => subject);
  const rows = await inChunks(names, (subject) =>
    listCounted(session, ownership, { where: { subject }, order: ['seq'] }),
  );
  const periods: PeriodsBySubject = new Map(subjects.map((subject) => [subjectKey(subject), []]));
  for (const row of rows) periods.get(subjectKey(row))?.push({ ...ownership.decode(row), seq: row.seq });
  return periods;
}
