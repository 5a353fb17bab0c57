import { isPanelError } from '@sluice/panel-http';
import {
  type ApplyContext,
  type Clock,
  inDoubt,
  type ItemError,
  performChange,
  type StepOutcome,
  toOutcome,
} from '@sluice/panel-kind';
import { compareMoney } from '@sluice/quota-core';
import type { Did, Subscriber } from '@sluice/quota-core/telephony';
import type { DidValues, SubscriberValues } from '../client/types.js';
import { CANONICAL_FIELDS, toCanonicalName } from '../wire/fields.js';

/** A change with the reads that show it. */
export interface Change<Seen> {
  read: () => Promise<Seen>;
  isDone: (seen: Seen) => boolean;
  /** Whether what is read as done is so after a call without an answer: an absence alone may show nothing. Absent: always. */
  isProven?: (seen: Seen) => Promise<boolean>;
  /** Whether that is so before the call: an absence shows nothing yet. Absent: as `isDone`. */
  isUnneeded?: (before: Seen) => boolean;
  /** Returns why the change must not be made any more. */
  refuse?: (before: Seen) => ItemError | null;
  call: () => Promise<unknown>;
  /** Returns what the outcome stores of what was read. */
  outcome?: (seen: Seen) => Partial<StepOutcome>;
}

/** Names the service of a call in the API log. */
export interface Tag {
  tag: string;
}

/** Waits before each read of a change that is not shown yet. */
const WAITS_MS = [0, 300, 700, 1500];

/** Makes one change: reads, calls the panel where it is still due, and reads back. Throws the failure of a call that the panel does not show. */
export function perform<Seen>(
  { clock }: { clock: Clock },
  change: Change<Seen>,
  { calling }: ApplyContext,
): Promise<StepOutcome> {
  const { read, isDone, isProven, isUnneeded = isDone, refuse = () => null, call, outcome = () => ({}) } = change;
  return performChange<Seen>(
    {
      read,
      before: async () => {
        const before = await read();
        if (isUnneeded(before)) return toOutcome('unneeded', outcome(before));
        const error = refuse(before);
        return error === null ? null : toOutcome('failed', { error });
      },
      call: () => call(),
      isDone: async (seen, { failure }) => isDone(seen) && (failure === null || (await isProven?.(seen)) !== false),
      waitsMs: ({ isRefused, failure }) => (!isRefused ? WAITS_MS : isConflict(failure) ? [0] : []),
      end: ({ isDone: isMade, seen, failure, unreadable }) => {
        if (isMade) return toOutcome('applied', outcome(seen));
        if (failure !== null) throw failure as Error;
        if (unreadable !== null && !isPanelError(unreadable)) throw unreadable as Error;
        return inDoubt('the panel accepted the change and does not show it yet');
      },
    },
    { clock, calling: () => calling() },
  );
}

/** A refused creation may be one that an earlier call made. */
function isConflict(failure: unknown): boolean {
  return isPanelError(failure) && failure.panelCode === 'conflict';
}

/** Returns the call of a step that is not known. */
export const refuseUnknown = (type: string) => () => Promise.reject(new Error(`unknown step ${type}`));

/** Returns whether a record has these values: money and whole numbers by value, others as they are written. */
export function hasValues(row: Subscriber | Did, { extra = {}, ...values }: SubscriberValues | DidValues): boolean {
  const own = row as unknown as Record<string, unknown>;
  const further = Object.entries(extra).every(
    ([name, value]) => isSameText(row.extra[name], value) || isSameAmount(row.extra[name], value),
  );
  return further && Object.entries(values).every(([name, value]) => !(name in own) || isSame(name, own[name], value));
}

function isSame(name: string, shown: unknown, wanted: unknown): boolean {
  if (MONEY.has(toCanonicalName(name)) && isSameAmount(shown, wanted)) return true;
  return isSameText(shown, wanted) || JSON.stringify(shown) === JSON.stringify(wanted);
}

const MONEY = new Set(
  (['subscribers', 'dids'] as const).flatMap((resource) =>
    Object.entries(CANONICAL_FIELDS[resource]).flatMap(([name, type]) => (type === 'money' ? [name] : [])),
  ),
);

type Text = string | number | boolean;

const isText = (value: unknown): value is Text => ['string', 'number', 'boolean'].includes(typeof value);

/** An empty text is the same as none. */
function isSameText(a: unknown, b: unknown): boolean {
  const [shown, wanted] = [a ?? '', b ?? ''];
  return isText(shown) && isText(wanted) && String(shown) === String(wanted);
}

/** An amount; a text of digits such as 007 is none. */
const AMOUNT = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function isSameAmount(shown: unknown, wanted: unknown): boolean {
  if (!isText(shown) || !isText(wanted)) return false;
  const [a, b] = [String(shown), String(wanted)];
  return AMOUNT.test(a) && AMOUNT.test(b) && compareMoney(a, b) === 0;
}
