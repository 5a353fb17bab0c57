import type { AccountCommand } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { JournalPayload } from '../../kernel/changes/journal.js';
import { COMMAND_PREFIX, isCommandRow } from '../../kernel/subject/command-row.js';

/** Returns whether a change sets the password of its command. */
export function setsOwnPassword({ payload }: Pick<ActionRecord, 'payload'>): boolean {
  return (payload as Partial<JournalPayload> | null)?.setsPassword === true;
}

/** Returns whether a command has set its password since it was stored. */
export async function wasPasswordSet({ store }: Context, service: string, begunAt: string): Promise<boolean> {
  const rows = await store.actions.list({ service, since: begunAt });
  return rows.some((row) => row.state === 'applied' && setsOwnPassword(row));
}

/** The interrupted creation of an account, whose password may have been set. */
export interface EarlierCreation {
  /** The actions that may have made an account with a password that is not known. */
  earlier: ActionRecord[];
  /** Whether the account has the password of the creation's file. */
  isSet: boolean;
}

/** Reads an interrupted creation; `isKnown`: the file of its last run has the password that this one sent. */
export async function readEarlierCreation(
  context: Context,
  { service, plannedAt: begunAt }: ActionRecord,
  isKnown: boolean,
): Promise<EarlierCreation> {
  if (service === null) return { earlier: [], isSet: false };
  const rows = await listUndelivered(context, service);
  return {
    earlier: rows.filter((row) => !(isKnown && row.plannedAt >= begunAt)),
    isSet: isKnown && (await isSetLast(context, service, begunAt)),
  };
}

/** Returns whether the last password that was sent since then was a creation's, and was set. */
async function isSetLast({ store }: Context, service: string, begunAt: string): Promise<boolean> {
  const rows = await store.actions.list({ service, since: begunAt });
  const changes = new Set(rows.flatMap(({ type, run }) => (type === `${COMMAND_PREFIX}change-password` ? [run] : [])));
  const last = rows.findLast((row) => row.calledAt !== null && setsOwnPassword(row));
  return last?.state === 'applied' && !changes.has(last.run);
}

/** Returns whether the password of the account that an interrupted creation made was changed by a command that is done. */
export async function wasPasswordChanged(
  context: Context,
  { service, plannedAt: begunAt }: ActionRecord,
): Promise<boolean> {
  if (service === null) return false;
  const { store } = context;
  const changes = (await store.actions.list({ service, since: begunAt })).filter(isDone('change-password'));
  if (changes.length === 0) return false;
  // The account may have been made again since.
  return !(await listUndelivered(context, service)).some((row) => row.calledAt !== null && setsOwnPassword(row));
}

/** Returns the command about an account that ends, with what an interrupted creation may have made. */
export async function toTermination(context: Context, service: string): Promise<AccountCommand> {
  return { verb: 'terminate', earlier: await listUndelivered(context, service) };
}

/** Lists the actions of a service since a command delivered the password of its account: one that was done. */
async function listUndelivered({ store }: Context, service: string): Promise<ActionRecord[]> {
  const rows = await store.actions.list({ service });
  const ends = rows.filter(isDone('create', 'change-password')).map(({ endedAt }) => endedAt ?? '');
  const doneAt = ends.reduce((last, endedAt) => (endedAt > last ? endedAt : last), '');
  return rows.filter(
    (row) => !isCommandRow(row) && row.plannedAt >= doneAt && (row.endedAt === null || row.endedAt > doneAt),
  );
}

function isDone(...verbs: string[]): (row: ActionRecord) => boolean {
  const types = verbs.map((verb) => `${COMMAND_PREFIX}${verb}`);
  return ({ type, state }) => state === 'applied' && types.includes(type);
}
