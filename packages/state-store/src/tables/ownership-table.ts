import { sql } from 'kysely';
import { statement } from './insert-rows.js';
import {
  beginPeriods,
  changesOwner,
  endPeriods,
  isOwner,
  listHad,
  listNewNames,
  listSubjects,
  type NumberChange,
  NUMBERS,
  NUMBERS_END,
  numberSubject,
  type OwnerChange,
  passPeriods,
  type PeriodsBySubject,
  serviceSubject,
  type Subject,
  subjectKey,
} from '../ownership-change.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { inChunks, inChunksOrAll } from './record-queries.js';
import { findRecord, insertRecords, listCounted, listRecords } from './record-queries.js';
import { ownership, services } from './service-record-tables.js';

/** Who had services and objects of panels, and when. */
export function ownershipTable(access: Access): StoreTables['ownership'] {
  return {
    list: ({ panel, subjects, service, client, limit }) =>
      access.read(async (session) =>
        inChunksOrAll(subjects, (subject) =>
          listRecords(session, ownership, { where: { panel, subject, service, client }, order: ['seq'], limit }),
        ),
      ),
    passNumber: (change) => access.write((session) => passNumber(session, change)),
  };
}

/** Stores what changes of services do to who has what, in the order of the changes: what ends comes before what begins. */
export async function recordOwnership(session: Session, all: readonly OwnerChange[]): Promise<void> {
  const changing = all.filter(changesOwner);
  if (changing.length === 0) return;
  const changes = await withFormer(session, await withNumbers(session, changing));
  await renamePanels(session, changes);
  const subjects = changes.flatMap((change) => [...listHad(change), ...listSubjects(change.after, change.numbers)]);
  await changePeriods(session, subjects, (periods) => {
    for (const change of changes) endPeriods(periods, change);
    for (const change of changes) beginPeriods(periods, change);
  });
}

async function passNumber(session: Session, change: NumberChange): Promise<void> {
  const { panel, number, service } = change;
  const subject = { panel, subject: numberSubject(number) };
  const client = (await findRecord(session, services, { id: service }))?.client ?? null;
  await changePeriods(session, [subject], (periods) => {
    passPeriods(periods.get(subjectKey(subject)) ?? [], change, client);
  });
}

/** Stores what is changed of the periods of these subjects. */
async function changePeriods(
  session: Session,
  subjects: readonly Subject[],
  change: (periods: PeriodsBySubject) => void,
): Promise<void> {
  const periods = await readPeriods(session, subjects);
  const stored = new Map([...periods.values()].flat().map((period) => [period.seq, { ...period }]));
  change(periods);
  const changed = [...periods.values()].flat();
  for (const { seq, client, until } of changed) {
    const before = stored.get(seq);
    if (before === undefined || (before.client === client && before.until === until)) continue;
    await sql`update "ownership" set "client" = ${client}, "until" = ${until} where "seq" = ${seq}`.execute(session.db);
  }
  const added = changed.filter(({ seq }) => seq === null);
  await insertRecords(session, ownership, added);
}

/** Adds the numbers that services have, or had until they ended. */
async function withNumbers(session: Session, changes: readonly OwnerChange[]): Promise<OwnerChange[]> {
  const ids = changes.flatMap(({ before }) => before?.id ?? []);
  const and = [statement`"subject" >= ${NUMBERS} and "subject" < ${NUMBERS_END}`];
  const rows = await inChunks(ids, (service) => listRecords(session, ownership, { where: { service }, and }));
  if (rows.length === 0) return [...changes];
  const names = changes.map(({ before }) => serviceSubject(before?.id ?? ''));
  const ends = await inChunks(names, (subject) =>
    listRecords(session, ownership, { where: { subject }, order: ['seq'] }),
  );
  return changes.map((change) => {
    const { before } = change;
    const end = ends.filter(({ service }) => service === before?.id).at(-1)?.until ?? null;
    const until = isOwner(before) ? null : end;
    const own = rows.filter((row) => row.service === before?.id && row.until === until);
    return { ...change, numbers: own.map(({ subject }) => subject) };
  });
}

/** Adds what services had that name an object of a kind of which they named none. */
async function withFormer(session: Session, changes: readonly OwnerChange[]): Promise<OwnerChange[]> {
  const ids = changes.flatMap((change) => (listNewNames(change).length === 0 ? [] : (change.after?.id ?? [])));
  if (ids.length === 0) return [...changes];
  const rows = await inChunks(ids, (service) => listRecords(session, ownership, { where: { service } }));
  const makers = new Set(
    (await inChunks(ids, (service) => listMakers(session, service))).map(({ service }) => service),
  );
  return changes.map((change) => {
    const { id = '' } = change.after ?? {};
    const own = rows.filter(({ service, panel }) => service === id && panel !== '');
    return { ...change, had: own.map(({ subject }) => subject), isMade: makers.has(id) };
  });
}

/** Lists those of services whose accounts a command has made, or has begun to. */
async function listMakers({ db }: Session, services: readonly string[]): Promise<{ service: string }[]> {
  const found = await sql<{ service: string }>`select distinct "service" from "actions"
    where "service" in (${sql.join(services)}) and ("type" = 'provision:create' or "type" like 'create-%')`.execute(db);
  return found.rows;
}

/** A panel with another name in the config has the same objects, unless another service has one of them there. */
async function renamePanels({ db }: Session, changes: readonly OwnerChange[]): Promise<void> {
  for (const { before, after, numbers } of changes) {
    if (before === null || after === null || before.panel === after.panel) continue;
    for (const { panel, subject } of listSubjects(before, numbers)) {
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
