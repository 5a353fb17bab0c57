import { addMoney, compareMoney } from '@sluice/quota-core';
import type { ConditionRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import {
  findCharges,
  type HandCharge,
  noteChargedByHand,
  revertCharges,
  type UnbilledPart,
} from './charged-by-hand.js';

/** The code of calls that came after their bill or the end of their service, and are on no bill. */
export const CALLS_UNBILLED = 'calls_unbilled';

/** Calls of a line that are on no bill, as they were last found. */
export interface LateCalls {
  id: string;
  panel: string;
  /** Null where the line was nobody's, or of several services. */
  service: string | null;
  message: string;
  /** ISO UTC. */
  since: string;
}

/** What is stored of them. */
export interface StoredLateCalls extends Pick<LateCalls, 'panel' | 'service' | 'message'> {
  /** With all digits of the charges. */
  total: string;
  /** In stores of earlier versions only what is on no bill at all, or absent. */
  parts?: UnbilledPart[];
  /** Whether a person has charged them; absent where an earlier version found them. */
  isCharged?: boolean;
  /** What the acknowledgement charged; absent before it, and in stores of earlier versions. */
  charges?: HandCharge[];
}

/** Returns what is stored of late calls that were found. */
export const toStored = ({ details }: Pick<ConditionRecord, 'details'>): StoredLateCalls => details as StoredLateCalls;

/** Returns the key of what is found of a line and service, or how such keys begin. */
export const toKey = (...parts: string[]): string => [CALLS_UNBILLED, ...parts].join(':');

/** Begins the ids of these alarms. */
const ID = 'calls-';

/** Ends the ids of these alarms, and the keys of those that a person has charged. */
const toEnd = (since: string): string => `:${Date.parse(since).toString(36)}`;

/** Returns the key of late calls that a person has charged: what is found later of their line and service has another one. */
export function toOwnKey({ key, since }: Pick<ConditionRecord, 'key' | 'since'>): string {
  const end = toEnd(since);
  return key.endsWith(end) ? key : `${key}${end}`;
}

/** Returns the key of the line and service of stored late calls. */
export function toLineKey({ key, since }: Pick<ConditionRecord, 'key' | 'since'>): string {
  const end = toEnd(since);
  return key.endsWith(end) ? key.slice(0, -end.length) : key;
}

/** Returns another id each time that more is found: who acknowledges an alarm knows of what it had when it was read. */
export function toId(one: ConditionRecord): string {
  return `${ID}${toOwnKey(one).slice(toKey('').length)}`;
}

/** Returns the id that an acknowledgement of an alarm is stored by, beside the time since which it is known: without that time. */
export function toStoredId(alarm: string): string {
  return alarm.startsWith(ID) ? alarm.slice(0, alarm.lastIndexOf(':')) : alarm;
}

/** Lists the late calls that the last `call bill` found. Calls no panel. */
export async function listLateCalls({ store }: Pick<Context, 'store'>): Promise<LateCalls[]> {
  const found = await store.conditions.list(toKey(''));
  return found.map((one) => {
    const { panel, service, message } = toStored(one);
    return { id: toId(one), since: one.since, panel, service, message };
  });
}

/**
 * Stores that a person has charged the late calls of an alarm, once, or no longer says so; does nothing for an alarm of something else.
 * Returns whether the alarm still is what it was: more calls may have been found since, or something else has charged them.
 */
export async function noteCharged(
  context: Context,
  tables: Pick<StoreTables, 'callBills' | 'conditions'>,
  { alarm, undo, isKnown }: { alarm: string; undo: boolean; isKnown: boolean },
): Promise<boolean> {
  if (!alarm.startsWith(ID)) return true;
  const known = await tables.conditions.list(toKey(''));
  const found = known.find((one) => toId(one) === alarm);
  if (found === undefined) return false;
  const details = toStored(found);
  if (undo) {
    const line = toLineKey(found);
    // More calls of the line were found: the next run stores these ones together with them.
    const isTaken = known.some((one) => one !== found && one.key === line);
    const key = isTaken ? toOwnKey(found) : line;
    await replace(tables, found, { ...found, key, details: await toOpen(tables, details) });
    return true;
  }
  if (isKnown) return true;
  const parts = listParts(details);
  const charges = await noteChargedByHand(context, tables, parts);
  if (charges.length < parts.length) return false;
  // Of what an earlier version found the next run charges the rest, once it has read it again.
  const isWhole = compareMoney(sumParts(parts), details.total) === 0;
  const { isCharged: _, ...rest } = details;
  const charged: StoredLateCalls = { ...rest, ...(isWhole && { isCharged: true }), charges };
  await replace(tables, found, { ...found, key: toOwnKey(found), details: charged });
  return true;
}

async function replace(
  { conditions }: Pick<StoreTables, 'conditions'>,
  before: ConditionRecord,
  after: ConditionRecord,
): Promise<void> {
  await conditions.end(before.key);
  await conditions.put(after);
}

/** Returns what these calls cost, with all digits. */
export function sumParts(parts: readonly UnbilledPart[]): string {
  return parts.reduce((total, { charged }) => addMoney(total, charged), '0');
}

/** Lists what is stored of the parts of late calls: in stores of earlier versions they do not name the panel. */
export function listParts({ panel, parts = [] }: StoredLateCalls): UnbilledPart[] {
  return parts.map((part) => ({ ...part, panel }));
}

/** Reverts what was charged of late calls, and returns what is stored of them then. */
async function toOpen(
  tables: Pick<StoreTables, 'callBills'>,
  { charges, isCharged, ...details }: StoredLateCalls,
): Promise<StoredLateCalls> {
  const parts = listParts(details);
  const ofBefore = parts.filter(({ isLate }) => isCharged === true || isLate !== true);
  await revertCharges(tables, charges ?? (await findCharges(tables, ofBefore, '')));
  return { ...details, isCharged: false };
}
