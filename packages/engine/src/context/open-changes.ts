import type { ActionRecord, StoreTables } from '@sluice/state-store';

type Actions = Pick<StoreTables, 'actions'>;

/** What the journal stores of a change beside what the kind of the panel needs. */
interface Stored {
  /** Ids of the evidence that ends with it. */
  ends?: string[];
  /** The owner of the evidence that begins with it, unless that is a service. */
  subject?: string;
}

/**
 * Reads the changes for holds that a panel was called for and whose end is not stored, as after a kill or a lost answer: what they
 * restrict has evidence once a run finds out that they were done.
 */
export async function readOpenChanges({ actions }: Actions): Promise<ActionRecord[]> {
  return (await actions.unresolved()).filter(({ calledAt, hold }) => calledAt !== null && hold !== null);
}

/** Returns a change with these panels, and the owner of its evidence, by other names; null where one of them is unknown. */
export function renameChange(
  row: ActionRecord,
  toName: (panel: string) => string | null,
  toSubject: (key: string) => string | null,
): ActionRecord | null {
  const panel = toName(row.panel);
  const { subject } = toStored(row);
  const named = subject === undefined ? null : toSubject(subject);
  if (panel === null || (subject !== undefined && named === null)) return null;
  return { ...row, panel, ...(named === null ? {} : { payload: { ...toStored(row), subject: named } }) };
}

function toStored({ payload }: ActionRecord): Stored {
  return payload ?? {};
}

/** Returns the changes that a store does not know as ended. */
export async function leaveOutResolved(rows: readonly ActionRecord[], { actions }: Actions): Promise<ActionRecord[]> {
  const left: ActionRecord[] = [];
  for (const row of rows) if (((await actions.get(row.id))?.endedAt ?? null) === null) left.push(row);
  return left;
}

/** Returns the changes of which a store does not know that a panel was called for them. */
export async function listUnknown(rows: readonly ActionRecord[], { actions }: Actions): Promise<ActionRecord[]> {
  const unknown: ActionRecord[] = [];
  for (const row of rows) {
    const known = await actions.get(row.id);
    if (known === null || (known.endedAt === null && known.calledAt === null)) unknown.push(row);
  }
  return unknown;
}

/** Rows that a store has. */
interface Known {
  holds: ReadonlySet<string>;
  evidence: ReadonlySet<string>;
  /** Holds that stand for others, by the ids of these. */
  standsFor: ReadonlyMap<string, string>;
}

/** Stores the changes that the store lacks, so that a run resolves them. Returns whether it has all now. */
export async function adoptChanges(
  rows: readonly ActionRecord[],
  { holds, evidence, standsFor }: Known,
  { actions }: Actions,
): Promise<boolean> {
  let isWhole = true;
  for (const row of await listUnknown(rows, { actions })) {
    const hold = standsFor.get(row.hold ?? '') ?? row.hold;
    // Its evidence could not be stored.
    if (hold === null || !holds.has(hold)) {
      isWhole = false;
      continue;
    }
    const stored = toStored(row);
    const payload = { ...stored, ends: (stored.ends ?? []).filter((id) => evidence.has(id)) };
    if ((await actions.get(row.id)) === null) await actions.plan([{ ...row, hold, payload }]);
    else if (row.calledAt !== null) {
      const { state, givenUpAt, observed, errorCode, errorMessage } = row;
      await actions.called(row.id, row.calledAt, payload);
      await actions.end(row.id, { state, endedAt: null, givenUpAt, observed, errorCode, errorMessage });
    }
  }
  return isWhole;
}
