import type { DecisionRecord } from '../records.js';

/**
 * Digest that distinguishes a decision from the next: everything but the run, its time and the usage.
 * The order of members in JSON does not matter.
 */
export function decisionBasis(decision: DecisionRecord): string {
  const { cycle, status, rule, mode, action, allowance, wouldHold, observing, errorCode, errorMessage } = decision;
  const parts: unknown[] = [
    cycle,
    status,
    rule,
    mode,
    action,
    allowance,
    wouldHold,
    observing,
    errorCode,
    errorMessage,
  ];
  parts.push(withoutUsage(decision.inputs));
  // The caller writes their members in this order already; copying them would cost more than the digest.
  const text = JSON.stringify(isInOrder(parts) ? parts : inOrder(parts));
  // Loaded on demand: most commands write no decisions.
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64url');
}

/** Removes the members that change with every reading. */
function withoutUsage(inputs: unknown): unknown {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return inputs;
  const {
    usage: _usage,
    peak: _peak,
    reading: _reading,
    remainingBytes: _remaining,
    ...rest
  } = inputs as Record<string, unknown>;
  return rest;
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = '';
  const members = value as Record<string, unknown>;
  for (const name in members) {
    if (name < before || !isInOrder(members[name])) return false;
    before = name;
  }
  return true;
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, member]) => [name, inOrder(member)]));
}
