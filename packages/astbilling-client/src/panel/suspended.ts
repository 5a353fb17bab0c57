import type { Step, StepOutcome } from '@sluice/panel-kind';
import type { EvidenceRecord } from '@sluice/quota-core';
import type { Did, Subscriber } from '@sluice/telephony';

type Suspendable = Pick<Subscriber | Did, 'status' | 'statusValue'>;

/**
 * Returns the evidence of a suspension with the system's own value of the status, as it was read back: a system may show another one
 * than it was sent. Empty where the system has only one, and where a step begins no evidence.
 */
export function toShown(begins: Step['begins'] | undefined, row: Suspendable | null): Pick<StepOutcome, 'begins'> {
  if (begins == null || row?.status !== 'suspended' || row.statusValue === undefined) return {};
  return { begins: [{ ...begins, prior: { ...(begins.prior as object), suspendedAs: row.statusValue } }] };
}

/** Whether the suspension of a line or number is one that Sluice did not make: the system shows another value than after ours. */
export function isSuspendedByOthers(
  { prior }: Pick<EvidenceRecord, 'prior'>,
  { status, statusValue }: Suspendable,
): boolean {
  const { suspendedAs = statusValue } = prior as { suspendedAs?: string };
  return status === 'suspended' && statusValue !== suspendedAs;
}
