import type { OverrideSpan } from './override-steps.js';

/** A quota that a service was decided with, at an instant (ISO 8601 UTC); null where an override stated it, or there was no limit. */
export interface DecidedQuota {
  at: string;
  quotaBytes: number | null;
}

/** A time with one quota; the last one goes on. */
interface Span {
  since: string;
  until: string | null;
  quotaBytes: number | null;
}

/**
 * Returns the quotas of products and services that were in force from `start` on and are no longer, oldest first, as `overrideSteps` accepts them:
 * a change of product is a step like that of an override, at the first decision with it. `decided` is in the order of time. Next to an override
 * a quota ends where that begins, and begins where that ends.
 *
 * @example
 * ```ts
 * const decided = [{ at: '2026-11-01T00:05:00.000Z', quotaBytes: 100 }, { at: '2026-11-10T00:05:00.000Z', quotaBytes: 200 }];
 * formerQuotas('2026-11-01T00:00:00.000Z', decided, []); // 100 bytes, until 10 November
 * ```
 */
export function formerQuotas(
  start: string,
  decided: readonly DecidedQuota[],
  overrides: readonly OverrideSpan[],
): OverrideSpan[] {
  return toSpans(start, decided).flatMap((span, index, spans) => {
    const { quotaBytes } = span;
    if (span.until === null || quotaBytes === null) return [];
    const before = index === 0 ? start : (spans[index - 1]?.since ?? start);
    const since = lastEnd(overrides, { after: before, until: span.since }) ?? span.since;
    const until = firstBegin(overrides, { after: since, until: span.until }) ?? span.until;
    return [{ since, until, quotaBytes, unlimited: false }];
  });
}

/** Joins decisions with one quota that follow each other. */
function toSpans(start: string, decided: readonly DecidedQuota[]): Span[] {
  const spans: Span[] = [];
  for (const { at, quotaBytes } of decided) {
    const last = spans.at(-1);
    if (last?.quotaBytes === quotaBytes) continue;
    if (last !== undefined) last.until = at;
    spans.push({ since: last === undefined ? start : at, until: null, quotaBytes });
  }
  return spans;
}

/** A part of time, with its end and without its beginning. */
interface Within {
  after: string;
  until: string;
}

const isWithin = (at: string, { after, until }: Within): boolean => at > after && at <= until;

function lastEnd(overrides: readonly OverrideSpan[], within: Within): string | undefined {
  return overrides
    .flatMap(({ until }) => (until !== null && isWithin(until, within) ? [until] : []))
    .sort()
    .at(-1);
}

function firstBegin(overrides: readonly OverrideSpan[], within: Within): string | undefined {
  return overrides
    .map(({ since }) => since)
    .filter((since) => isWithin(since, within))
    .sort()
    .at(0);
}
