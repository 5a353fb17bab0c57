import type { DecisionRecord } from '../records.js';

/** Members of `inputs` that change with every reading. */
const USAGE_INPUTS: ReadonlySet<string> = new Set(['usage', 'peak', 'reading', 'remainingBytes']);

/**
 * Digest of what makes one decision differ from the next: all of it but the run, its time and the usage.
 * The order of members in JSON does not matter.
 */
export function decisionBasis(decision: DecisionRecord): string {
  const { cycle, status, rule, mode, action, allowance, wouldHold, observing, errorCode, errorMessage } = decision;
  const parts = [cycle, status, rule, mode, action, allowance, wouldHold, observing, errorCode, errorMessage];
  const text = JSON.stringify([...parts, withoutUsage(decision.inputs)], sortedMembers);
  // Loaded when it is needed: most commands write no decisions.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('base64url');
}

function withoutUsage(inputs: unknown): unknown {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return inputs;
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !USAGE_INPUTS.has(name)));
}

function sortedMembers(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
