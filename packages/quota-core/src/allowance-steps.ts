/** What was allowed from an instant on, in bytes. */
export interface AllowanceStep {
  /** ISO 8601 UTC. */
  at: string;
  bytes: number;
}

/** What steps of an allowance are computed from; instants are ISO 8601 UTC. */
export interface AllowanceStepInput {
  /** Where the first step begins. */
  start: string;
  /** What is allowed now, all of `paid` included. */
  allowedBytes: number;
  /** What was bought, oldest first. */
  paid: readonly { at: string; bytes: number }[];
}

/**
 * Returns the allowance from `start` on as it grew by purchases, oldest first; the last step is what is allowed now. A purchase that was
 * paid before is part of the first step. Where the purchases exceed the allowance, it was lowered since, and the steps before are unknown:
 * they are left out.
 *
 * @example
 * ```ts
 * allowanceSteps({ start: '2026-11-01T00:00:00.000Z', allowedBytes: 15, paid: [{ at: '2026-11-04T00:00:00.000Z', bytes: 5 }] });
 * // 10 from 1 Nov, 15 from 4 Nov
 * ```
 */
export function allowanceSteps({ start, allowedBytes, paid }: AllowanceStepInput): AllowanceStep[] {
  const steps: AllowanceStep[] = [];
  let bytes = allowedBytes;
  for (const purchase of paid.toReversed()) {
    if (purchase.at <= start) break;
    steps.unshift({ at: purchase.at, bytes });
    if (purchase.bytes > bytes) return steps;
    bytes -= purchase.bytes;
  }
  return [{ at: start, bytes }, ...steps];
}
