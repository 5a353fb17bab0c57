import { type PanelErrorCode } from './errors.js';

/** The parts of a failure that decide about a retry. */
export interface RetryQuestion {
  code: PanelErrorCode;
  status: number | null;
  /** The wait that the panel asks for, milliseconds. */
  retryAfterMs: number | null;
  /** 1 after the first attempt. */
  attempt: number;
  /** Another attempt may help although the code alone excludes it. */
  transient: boolean;
}

/** How often and after which waits a call is repeated. */
export interface RetryPolicy {
  attempts: number;
  baseDelayMs: number;
  maxDelayMs: number;
  maxRetryAfterMs: number;
}

/** Returns the milliseconds before the next attempt; `null`: no further attempt. For calls that are harmless to repeat. */
export function retryDelay(question: RetryQuestion, policy: RetryPolicy, random: () => number): number | null {
  if (question.attempt >= policy.attempts || !isTransient(question)) return null;
  const doubled = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (question.attempt - 1));
  if (question.retryAfterMs !== null) {
    if (question.retryAfterMs > policy.maxRetryAfterMs) return null;
    // Never earlier than the panel asks, and not all callers at the same instant.
    return Math.ceil(question.retryAfterMs + random() * Math.min(policy.baseDelayMs, doubled));
  }
  return Math.ceil(doubled * (0.5 + random() / 2));
}

function isTransient({ code, status, transient }: RetryQuestion): boolean {
  switch (code) {
    case 'PANEL_UNREACHABLE':
    case 'PANEL_TIMEOUT':
    case 'PANEL_RATE_LIMITED':
      return true;
    case 'PANEL_SERVER_ERROR':
      return status !== 501 && status !== 505;
    default:
      return transient;
  }
}

/** Parses `Retry-After` (seconds or an HTTP date) to milliseconds from `now`; `null` when absent or invalid. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  if (!/[a-z]/i.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
