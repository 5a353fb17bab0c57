import type { DecisionRecord } from '../records.js';
import type { Stored } from './columns.js';

/**
 * What lists of services are made of, beside a decision: its limit and its differences, without parsing its JSON, and whether it is
 * *calm*: the service was read, and there is nothing to say about it but its figures. Each follows from the decision alone.
 */
export const DECISION_FIGURES = ['allowed_bytes', 'drifts', 'calm'] as const;

/** From which share of an allowance on a service is near its limit, as the numerator and the denominator. */
export const NEAR_LIMIT = [4, 5] as const;

/** Figures up to this one are compared without rounding. */
const EXACT = Number.MAX_SAFE_INTEGER / NEAR_LIMIT[1];

/** Returns the values of these columns. */
export function decisionFigures(decision: DecisionRecord): readonly Stored[] {
  const allowed = readAllowed(decision.allowance);
  const drifts = countDrifts(decision.inputs);
  const { status, readAt, wouldHold } = decision;
  const isCalm = status === 'ok' && readAt !== null && wouldHold.length === 0 && drifts === 0;
  return [allowed, drifts, isCalm && isFarFrom(allowed, usedBytes(decision)) ? 1 : 0];
}

function readAllowed(allowance: unknown): number | null {
  if (typeof allowance !== 'object' || allowance === null || !('allowedBytes' in allowance)) return null;
  return Number.isSafeInteger(allowance.allowedBytes) ? (allowance.allowedBytes as number) : null;
}

function countDrifts(inputs: unknown): number {
  if (typeof inputs !== 'object' || inputs === null || !('drift' in inputs)) return 0;
  return Array.isArray(inputs.drift) ? inputs.drift.length : 0;
}

function usedBytes({ mode, inBytes, outBytes, totalBytes }: DecisionRecord): number | null {
  return mode === null ? null : { IN: inBytes, OUT: outBytes, TOTAL: totalBytes }[mode];
}

function isFarFrom(allowed: number | null, used: number | null): boolean {
  if (allowed === null || used === null) return true;
  const [part, whole] = NEAR_LIMIT;
  return Math.max(allowed, used) < EXACT && used * whole < allowed * part;
}
