import { type PanelErrorCode } from './errors.js';

/** The pieces of a failure that a retry is decided by. */
export interface RetryQuestion {
  code: PanelErrorCode;
  status: number | null;
  /** The panel's own wish, in milliseconds. */
  retryAfterMs: number | null;
  /** 1 after the first attempt. */
  attempt: number;
  /** A body that was cut off or `failureIn` said so: worth asking again although the code alone is not. */
  transient: boolean;
}

export interface RetryPolicy {
  attempts: number;
  baseDelayMs: number;
  maxDelayMs: number;
  maxRetryAfterMs: number;
}

/** Milliseconds to wait before the next attempt, or `null`: do not try again. For calls that are harmless to repeat only. */
export function retryDelay(question: RetryQuestion, policy: RetryPolicy, random: () => number): number | null {
  if (question.attempt >= policy.attempts || !isTransient(question)) return null;
  const doubled = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (question.attempt - 1));
  if (question.retryAfterMs !== null) {
    if (question.retryAfterMs > policy.maxRetryAfterMs) return null;
    // Never earlier than asked, and not all callers at the same instant.
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

/** `Retry-After` in milliseconds from `now`: seconds or an HTTP date; `null` when absent or senseless. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  if (!/[a-z]/i.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
