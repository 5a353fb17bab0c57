import { createPanelError, type PanelError, type PanelErrorCode, type PanelErrorField } from './errors.js';
import { oneLine } from './panel-message.js';

/** Why an attempt failed, before it is put into words. */
export interface Failure {
  code: PanelErrorCode;
  /** What happened, in a few words, not yet redacted. */
  what: string;
  /** What to do, when the code's usual remedy does not fit. */
  remedy?: string;
  status: number | null;
  panelCode?: string | number | null;
  retryAfterMs?: number | null;
  outcomeUnknown: boolean;
  fields?: PanelErrorField[];
  /** Worth another attempt although the code alone is not. */
  transient?: boolean;
  cause?: unknown;
}

const openings: Record<PanelErrorCode, string> = {
  PANEL_UNREACHABLE: 'could not be reached for',
  PANEL_TIMEOUT: 'did not answer in time to',
  PANEL_AUTH: 'did not accept the credentials for',
  PANEL_FORBIDDEN: 'does not allow these credentials',
  PANEL_NOT_FOUND: 'does not know the object of',
  PANEL_RATE_LIMITED: 'was asked too often at',
  PANEL_REJECTED: 'refused',
  PANEL_SERVER_ERROR: 'failed at',
  PANEL_UNREADABLE: 'gave an answer that cannot be used to',
  PANEL_CIRCUIT_OPEN: 'failed too often and was not asked for',
};

const remedies: Record<PanelErrorCode, string> = {
  PANEL_UNREACHABLE: 'Check its address, the network and any proxy.',
  PANEL_TIMEOUT: 'Try again later, or allow more time.',
  PANEL_AUTH: 'Check the credentials and that they were not revoked.',
  PANEL_FORBIDDEN: 'Give the credentials the rights for it.',
  PANEL_NOT_FOUND: 'Check the id, and that the panel offers this call.',
  PANEL_RATE_LIMITED: 'Wait, and lower concurrency or requests per second.',
  PANEL_REJECTED: 'Mend what the panel objects to; repeating does not help.',
  PANEL_SERVER_ERROR: 'Look into the logs of the panel.',
  PANEL_UNREADABLE: 'Nothing was concluded from it; compare the answer with what the panel should send.',
  PANEL_CIRCUIT_OPEN: 'It is asked again after the cool-down.',
};

/** The failure as an error whose every text is redacted. */
export function errorOfFailure(
  failure: Failure,
  panel: string,
  endpoint: string,
  clean: (text: string) => string,
): PanelError {
  const { code, status } = failure;
  const what = [status === null ? '' : `HTTP ${status}`, failure.what].filter((part) => part !== '').join(': ');
  const message = `Panel "${panel}" ${openings[code]} ${endpoint}${what === '' ? '' : ` (${what})`}. ${failure.remedy ?? remedies[code]}`;
  return createPanelError(code, clean(message), {
    panel,
    endpoint,
    status,
    panelCode:
      typeof failure.panelCode === 'string' ? oneLine(clean(failure.panelCode), 80) : (failure.panelCode ?? null),
    retryAfterMs: failure.retryAfterMs ?? null,
    outcomeUnknown: failure.outcomeUnknown,
    ...(failure.fields === undefined ? {} : { fields: failure.fields.map((field) => cleanField(field, clean)) }),
    ...(failure.cause === undefined ? {} : { cause: plainCause(failure.cause, clean) }),
  });
}

function cleanField({ path, message }: PanelErrorField, clean: (text: string) => string): PanelErrorField {
  return { path: oneLine(clean(path), 120), message: oneLine(clean(message)) };
}

/** The cause without its baggage: the originals carry requests, headers and sockets, which inspectors print. */
function plainCause(cause: unknown, clean: (text: string) => string): Error {
  const { message, code, name } = cause as { message?: unknown; code?: unknown; name?: unknown };
  const plain = new Error(typeof message === 'string' ? clean(message) : 'unknown');
  if (typeof name === 'string') Object.defineProperty(plain, 'name', { value: name, configurable: true });
  return typeof code === 'string' ? Object.assign(plain, { code }) : plain;
}
