import type { PanelErrorCode } from './errors.js';

/** Which failure an HTTP status stands for; `null` for 2xx. */
export function codeOfStatus(
  status: number,
  hasRetryAfter: boolean,
  location: string | undefined,
): PanelErrorCode | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return leadsToLogin(location) ? 'PANEL_AUTH' : 'PANEL_UNREADABLE';
  if (status === 401 || status === 419) return 'PANEL_AUTH';
  if (status === 403) return 'PANEL_FORBIDDEN';
  if (status === 404) return 'PANEL_NOT_FOUND';
  if (status === 429 || (status === 503 && hasRetryAfter)) return 'PANEL_RATE_LIMITED';
  if (status >= 400 && status < 500) return 'PANEL_REJECTED';
  return status >= 500 ? 'PANEL_SERVER_ERROR' : 'PANEL_UNREADABLE';
}

/** Does a redirect lead to a page to sign in on? */
export function leadsToLogin(location: string | undefined): boolean {
  return location !== undefined && /\b(log-?in|sign-?in|auth|sso)\b/i.test(location.replace(/[?#].*$/s, ''));
}
