import { type AccountCommand, mayBeDone, type Panel } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { JournalPayload } from '../../kernel/changes/journal.js';
import { COMMAND_PREFIX, isCommandRow, type StoredCommand } from '../../kernel/subject/command-row.js';

/** Returns the command whose password a change sets: `true` where that is not known, undefined where it sets none. */
function findCommand({ payload }: Pick<ActionRecord, 'payload'>): string | true | undefined {
  return (payload as Partial<JournalPayload> | null)?.setsPassword;
}

/** Returns whether a change sets the password of its command. */
export function setsOwnPassword(row: Pick<ActionRecord, 'payload'>): boolean {
  return findCommand(row) !== undefined;
}

/**
 * Returns the journal row of the command whose password the account of a service certainly has; null where that is not known. The last
 * call that sets one and was not refused decides: it must be known to be done.
 */
export async function readPasswordOwner(
  { store }: Context,
  { name, passwords }: Pick<Panel, 'name' | 'passwords'>,
  service: string,
): Promise<ActionRecord | null> {
  const all = await store.actions.list({ service });
  // What was set before is of an account that was removed.
  const rows = all.slice(all.findLastIndex(isDone('terminate')) + 1);
  const sent = rows.filter((row) => row.panel === name && setsOwnPassword(row) && mayBeDone(row));
  const last = sent.findLastIndex(({ state }) => state === 'applied');
  const isKnown = last === sent.length - 1;
  // Where a password can't be changed, an account that exists has that of a call that may have made it.
  const isFirst = passwords?.unchangeable?.() != null;
  const deciding = isKnown ? sent.slice(-1) : isFirst ? sent.slice(last + 1) : [];
  const [owner, ...others] = new Set(deciding.map(findCommand));
  return others.length > 0 ? null : (rows.find(({ id }) => id === owner) ?? null);
}

/** Returns whether the password of a command was delivered: the command is done. */
export function isDelivered(owner: ActionRecord | null): boolean {
  return owner?.state === 'applied';
}

/** What interrupted creations of an account have left. */
export interface EarlierCreation {
  /** The actions that may have made the account. */
  earlier: ActionRecord[];
  /** Whether the password of the account is known, and stays. */
  isSet: boolean;
  /** The file with the password that the account certainly has; null where there is none. */
  passwordFile: string | null;
}

/** What is left where no creation was interrupted. */
export const NO_EARLIER: EarlierCreation = { earlier: [], isSet: false, passwordFile: null };

/** Reads an interrupted creation; `isKnown`: the file of its last run has the password that it sent. */
export async function readEarlierCreation(
  context: Context,
  panel: Panel,
  { id, service }: ActionRecord,
  isKnown: boolean,
): Promise<EarlierCreation> {
  if (service === null) return NO_EARLIER;
  const owner = await readPasswordOwner(context, panel, service);
  return {
    earlier: await listSince(context, service, ['create']),
    isSet: isDelivered(owner) || (isKnown && owner?.id === id),
    passwordFile: findPasswordFile(context, owner),
  };
}

function findPasswordFile({ deps }: Context, owner: ActionRecord | null): string | null {
  const { passwordFile: file = null } = (owner?.payload ?? {}) as StoredCommand;
  return file !== null && deps.files.exists(file) ? file : null;
}

/** Returns the command about an account that ends, with what an interrupted creation may have made. */
export async function toTermination(context: Context, service: string): Promise<AccountCommand> {
  return { verb: 'terminate', earlier: await listSince(context, service, ['create', 'change-password']) };
}

/** Lists the actions of a service since a command with one of these verbs was done. */
async function listSince({ store }: Context, service: string, verbs: string[]): Promise<ActionRecord[]> {
  const rows = await store.actions.list({ service });
  const ends = rows.filter(isDone(...verbs)).map(({ endedAt }) => endedAt ?? '');
  const doneAt = ends.reduce((last, endedAt) => (endedAt > last ? endedAt : last), '');
  return rows.filter(
    (row) => !isCommandRow(row) && row.plannedAt >= doneAt && (row.endedAt === null || row.endedAt > doneAt),
  );
}

function isDone(...verbs: string[]): (row: ActionRecord) => boolean {
  const types = verbs.map((verb) => `${COMMAND_PREFIX}${verb}`);
  return ({ type, state }) => state === 'applied' && types.includes(type);
}
