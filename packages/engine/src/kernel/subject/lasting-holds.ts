import { type EvidenceRecord, type HoldRecord, type StoreTables, TO_RESTRICT } from '@sluice/state-store';
import type { Applied } from './stages.js';
import type { HoldMarks } from './views.js';

/**
 * A hold as every reader is shown it: an open one, or one that has ended and whose restriction is not undone yet. What a run decides
 * on are the open ones alone.
 */
export type LastingHold = Readonly<HoldRecord> & HoldMarks;

type HoldTables = Pick<StoreTables, 'holds' | 'conditions'>;

/** Reads the holds that still restrict subjects, or are to. */
export async function readLastingHolds(
  tables: HoldTables,
  filter: Parameters<StoreTables['holds']['lasting']>[0] = {},
): Promise<LastingHold[]> {
  const holds = await tables.holds.lasting(filter);
  return holds.length === 0 ? [] : markHolds(holds, new Set((await readToRestrict(tables)).keys()));
}

/** Returns the same of a service in a run, as far as the run is. */
export function listLastingHolds(work: Pick<Applied, 'holds' | 'ended' | 'evidence' | 'toRestrict'>): LastingHold[] {
  const { holds, ended, evidence, toRestrict } = work;
  const left = ended.filter(({ id }) => evidence.some(({ hold }) => hold === id));
  return left.length + holds.length === 0 ? [] : markHolds([...left, ...holds], new Set(toRestrict));
}

/** Returns the ended holds of which nothing is left on the panel, as far as the run is. */
export function listReleasedHolds({ ended, evidence }: Pick<Applied, 'ended' | 'evidence'>): Applied['ended'] {
  return ended.filter(({ id }) => evidence.every(({ hold }) => hold !== id));
}

/** Returns the marks of a hold with this evidence. */
export function findMarks(
  { id, until }: Pick<HoldRecord, 'id' | 'until'>,
  evidence: readonly Pick<EvidenceRecord, 'until'>[],
  toRestrict: ReadonlyMap<string, string>,
): HoldMarks {
  if (until === null) return toRestrict.has(id) ? { restricting: true } : {};
  return evidence.some((item) => item.until === null) ? { releasing: true } : {};
}

function markHolds(holds: readonly Readonly<HoldRecord>[], toRestrict: ReadonlySet<string>): LastingHold[] {
  return holds.map((hold) => {
    if (hold.until !== null) return { ...hold, releasing: true };
    return toRestrict.has(hold.id) ? { ...hold, restricting: true } : hold;
  });
}

/** Reads which holds are not on their panel yet, each with its service. */
export async function readToRestrict({
  conditions,
}: Pick<StoreTables, 'conditions'>): Promise<ReadonlyMap<string, string>> {
  const rows = await conditions.list(TO_RESTRICT);
  return new Map(
    rows.map(({ key, details }) => [key.slice(TO_RESTRICT.length), (details as { service: string }).service]),
  );
}

/** Notes that the restriction of a hold is not on the panel yet, in the transaction that begins the hold. */
export async function noteToRestrict(
  { conditions }: Pick<StoreTables, 'conditions'>,
  { id, service }: Pick<HoldRecord, 'id' | 'service'>,
  at: string,
): Promise<void> {
  await conditions.put({ key: `${TO_RESTRICT}${id}`, since: at, runs: 1, details: { service } });
}

/** Notes that nothing is left to be restricted for these holds. */
export async function noteRestricted(
  { conditions }: Pick<StoreTables, 'conditions'>,
  holds: readonly string[],
): Promise<void> {
  for (const id of holds) await conditions.end(`${TO_RESTRICT}${id}`);
}

/** Prefix of the key of the condition that the end of a hold was not reported yet; the id of the hold follows. */
const UNTOLD = 'release-untold:';

/** Notes that the notice of an ended hold is due, in the transaction that ends it: what became of it is known only later. */
export async function noteUntold(
  { conditions }: Pick<StoreTables, 'conditions'>,
  hold: Readonly<HoldRecord>,
  at: string,
): Promise<void> {
  await conditions.put({ key: `${UNTOLD}${hold.id}`, since: at, runs: 1, details: hold });
}

/** Reads the ended holds whose notice is due: a run that was killed has undone them without reporting it. */
export async function readUntold({ conditions }: Pick<StoreTables, 'conditions'>): Promise<HoldRecord[]> {
  return (await conditions.list(UNTOLD)).map(({ details }) => details as HoldRecord);
}

/** Notes that the notices of these holds are stored. */
export async function noteTold(
  { conditions }: Pick<StoreTables, 'conditions'>,
  holds: readonly Pick<HoldRecord, 'id'>[],
): Promise<void> {
  for (const { id } of holds) await conditions.end(`${UNTOLD}${id}`);
}
