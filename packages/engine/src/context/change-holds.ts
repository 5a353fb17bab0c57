import { type HoldRecord, type StoreTables, TO_RESTRICT } from '@sluice/state-store';

type Conditions = Pick<StoreTables, 'conditions'>;
type HoldTables = Pick<StoreTables, 'holds' | 'conditions'>;

/** Begins holds whose restriction is not on the panel yet, which is noted in the same transaction. */
export async function beginHolds(tables: HoldTables, holds: readonly HoldRecord[], at: string): Promise<void> {
  await storeHolds(tables, holds);
  for (const hold of holds) await noteToRestrict(tables, hold, at);
}

/** Stores holds that have nothing to restrict by themselves: what they stand for is restricted already, or they are agents', for their users. */
export async function storeHolds(tables: Pick<StoreTables, 'holds'>, holds: readonly HoldRecord[]): Promise<void> {
  for (const hold of holds) await tables.holds.add(hold);
}

/** Ends holds as the outcome of a command, or where nothing is left to be released: no notice of their end is due. */
export async function endHolds(
  tables: Pick<StoreTables, 'holds'>,
  holds: readonly Pick<HoldRecord, 'id'>[],
  at: string,
): Promise<void> {
  for (const { id } of holds) await tables.holds.end(id, at);
}

/**
 * Ends holds that have no reason any more, and returns them as ended. That their notice is due is noted in the same transaction: what
 * becomes of them is known only later.
 */
export async function endHoldsWithNews(
  tables: HoldTables,
  holds: readonly HoldRecord[],
  at: string,
): Promise<HoldRecord[]> {
  await endHolds(tables, holds, at);
  const ended = holds.map((hold) => ({ ...hold, until: at }));
  for (const hold of ended)
    await tables.conditions.put({ key: `${UNTOLD}${hold.id}`, since: at, runs: 1, details: hold });
  return ended;
}

/** Reverts the end of holds: no notice of it is due any more. */
export async function reopenHolds(tables: HoldTables, ids: readonly string[]): Promise<void> {
  for (const id of ids) await tables.holds.reopen(id);
  await noteTold(
    tables,
    ids.map((id) => ({ id })),
  );
}

/** Notes that the restriction of a hold is not on the panel yet, or not any more. */
export async function noteToRestrict(
  { conditions }: Conditions,
  { id, service }: Pick<HoldRecord, 'id' | 'service'>,
  at: string,
): Promise<void> {
  await conditions.put({ key: `${TO_RESTRICT}${id}`, since: at, runs: 1, details: { service } });
}

/** Prefix of the key of the condition that the end of a hold was not reported yet; the id of the hold follows. */
const UNTOLD = 'release-untold:';

/** Reads the ended holds whose notice is due: a run that was killed has undone them without reporting it. */
export async function readUntold({ conditions }: Conditions): Promise<HoldRecord[]> {
  return (await conditions.list(UNTOLD)).map(({ details }) => details as HoldRecord);
}

/** Notes that the notices of these holds are stored. */
export async function noteTold({ conditions }: Conditions, holds: readonly Pick<HoldRecord, 'id'>[]): Promise<void> {
  for (const { id } of holds) await conditions.end(`${UNTOLD}${id}`);
}
