import type { Step, StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord, EvidenceRecord } from '@sluice/quota-core';
import type { Did, Subscriber } from '@sluice/quota-core/telephony';

type Suspendable = Pick<Subscriber | Did, 'status' | 'statusValue'>;

/**
 * Returns the evidence of a suspension with the system's own value of the status, as it was read back: a system may show another one
 * than it was sent. Empty where the system has only one, and where a step begins no evidence.
 */
export function toShown(begins: Step['begins'] | undefined, row: Suspendable | null): Pick<StepOutcome, 'begins'> {
  const shown = toSuspendedAs(row);
  if (begins == null || shown.suspendedAs === undefined) return {};
  return { begins: [{ ...begins, prior: { ...(begins.prior as object), ...shown } }] };
}

/** Returns the system's own value of the status of what is suspended; empty where the system has only one. */
export function toSuspendedAs(row: Suspendable | null): { suspendedAs?: string } {
  return row?.status !== 'suspended' || row.statusValue === undefined ? {} : { suspendedAs: row.statusValue };
}

/** Whether the suspension of a line or number is one that Sluice did not make: the system shows another value than after ours. */
export function isSuspendedByOthers(
  { prior }: Pick<EvidenceRecord, 'prior'>,
  { status, statusValue }: Suspendable,
): boolean {
  const { suspendedAs = statusValue } = prior as { suspendedAs?: string };
  return status === 'suspended' && statusValue !== suspendedAs;
}

/**
 * Whether a number is suspended as a command that named it left it: the newest change of its state in the journal is that
 * suspension. A hold's suspensions have evidence instead.
 */
export function isSuspendedByName(journal: readonly ActionRecord[], did: Pick<Did, 'id'> & Suspendable): boolean {
  const isOfState = ({ type, target, state }: ActionRecord): boolean =>
    target === did.id && state === 'applied' && (type === 'suspend-did' || type === 'unsuspend-did');
  const last = journal.filter(isOfState).at(-1);
  if (last?.type !== 'suspend-did' || last.hold !== null) return false;
  return did.status === 'suspended' && !isSuspendedByOthers({ prior: last.observed ?? {} }, did);
}
