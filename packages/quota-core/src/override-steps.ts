import { type AllowanceStep, type AllowanceStepInput, allowanceSteps } from './allowance-steps.js';

/** An override of a quota, as long as it was in force; instants are ISO 8601 UTC. */
export interface OverrideSpan {
  since: string;
  until: string | null;
  /** Null where it stated no quota. */
  quotaBytes: number | null;
  unlimited: boolean;
}

/**
 * Returns the allowance as `allowanceSteps` does, with the quotas of overrides that began or ended in the time, oldest first. What was allowed
 * before the first change is known only where an override stated it: the steps begin where all that follows is known.
 *
 * @example
 * ```ts
 * const overrides = [{ since: '2026-11-05T00:00:00.000Z', until: null, quotaBytes: 500, unlimited: false }];
 * overrideSteps({ start: '2026-11-01T00:00:00.000Z', allowedBytes: 500, paid: [] }, overrides); // one step, on 5 November
 * ```
 */
export function overrideSteps(input: AllowanceStepInput, overrides: readonly OverrideSpan[]): AllowanceStep[] {
  const { start, paid } = input;
  const stated = overrides.filter(({ quotaBytes, unlimited }) => unlimited || quotaBytes !== null);
  const changes = stated.flatMap(({ since, until }) => [since, until]).filter((at) => at !== null && at > start);
  let from = changes.reduce<string>((last, at) => (at !== null && at > last ? at : last), start);
  let steps = allowanceSteps({ ...input, start: from });
  while (from > start) {
    const end = from;
    const before = stated.find(({ since, until }) => until === end && since < end);
    if (before === undefined || before.unlimited || before.quotaBytes === null) break;
    from = before.since > start ? before.since : start;
    const until = paid.filter(({ at }) => at < end);
    const bought = until.reduce((sum, { bytes }) => sum + bytes, 0);
    steps = [...allowanceSteps({ start: from, allowedBytes: before.quotaBytes + bought, paid: until }), ...steps];
  }
  return steps;
}
