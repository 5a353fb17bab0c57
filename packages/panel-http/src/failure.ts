import { ConnectError } from './dial.js';
import { createPanelError, type PanelError, type PanelErrorCode, type PanelErrorField } from './errors.js';
import type { LostAnswer } from './exchange.js';
import { printable } from './printable.js';

/** Why an attempt failed. */
export interface Failure {
  code: PanelErrorCode;
  /** What happened, not redacted. */
  what: string;
  /** What to do, where the usual remedy of the code does not fit. */
  remedy?: string;
  status: number | null;
  panelCode?: string | number | null;
  retryAfterMs?: number | null;
  outcomeUnknown: boolean;
  fields?: PanelErrorField[];
  /** Another attempt may help although the code alone excludes it. */
  transient?: boolean;
  cause?: unknown;
}

/** Why a closed client makes no call. */
export const CLOSED: Failure = {
  code: 'PANEL_UNREACHABLE',
  what: 'this client was closed',
  remedy: 'Create a new one.',
  status: null,
  outcomeUnknown: false,
};

const OPENINGS: Record<PanelErrorCode, string> = {
  PANEL_UNREACHABLE: 'could not be reached for',
  PANEL_TIMEOUT: 'did not answer in time to',
  PANEL_AUTH: 'did not accept the credentials for',
  PANEL_FORBIDDEN: 'does not allow these credentials to call',
  PANEL_NOT_FOUND: 'did not find the object for',
  PANEL_RATE_LIMITED: 'received too many calls to',
  PANEL_REJECTED: 'refused',
  PANEL_SERVER_ERROR: 'reported an error for',
  PANEL_UNREADABLE: 'sent an unusable answer to',
  PANEL_CIRCUIT_OPEN: 'failed too often and was not called for',
};

const REMEDIES: Record<PanelErrorCode, string> = {
  PANEL_UNREACHABLE: 'Check its address, the network and any proxy.',
  PANEL_TIMEOUT: 'Try again later, or allow more time.',
  PANEL_AUTH: 'Check the credentials and that they were not revoked.',
  PANEL_FORBIDDEN: 'Grant the credentials the permission for this call.',
  PANEL_NOT_FOUND: 'Check the id, and that the panel offers this call.',
  PANEL_RATE_LIMITED: 'Wait, and lower concurrency or requests per second.',
  PANEL_REJECTED: 'Correct what the panel refused; repeating the call does not help.',
  PANEL_SERVER_ERROR: 'Check the logs of the panel.',
  PANEL_UNREADABLE: 'The answer was ignored. Check the version of the panel and any proxy in front of it.',
  PANEL_CIRCUIT_OPEN: 'The next call is possible after the cool-down.',
};

/** Converts a failure to an error whose texts are all redacted. */
export function toPanelError(
  failure: Failure,
  panel: string,
  endpoint: string,
  clean: (text: string) => string,
): PanelError {
  const { code, status } = failure;
  const what = [status === null ? '' : `HTTP ${status}`, failure.what].filter((part) => part !== '').join(': ');
  const message = `Panel "${panel}" ${OPENINGS[code]} ${endpoint}${what === '' ? '' : ` (${what})`}. ${failure.remedy ?? REMEDIES[code]}`;
  return createPanelError(code, clean(message), {
    panel,
    endpoint,
    status,
    panelCode:
      typeof failure.panelCode === 'string' ? oneLine(clean(failure.panelCode), 80) : (failure.panelCode ?? null),
    retryAfterMs: failure.retryAfterMs ?? null,
    outcomeUnknown: failure.outcomeUnknown,
    ...(failure.fields === undefined ? {} : { fields: failure.fields.map((field) => cleanField(field, clean)) }),
    ...(failure.cause === undefined ? {} : { cause: copyCause(failure.cause, clean) }),
  });
}

function cleanField({ path, message }: PanelErrorField, clean: (text: string) => string): PanelErrorField {
  return { path: oneLine(clean(path), 120), message: oneLine(clean(message)) };
}

/** Copies the texts of a cause, whose original has requests, headers and sockets, which inspectors print. */
function copyCause(cause: unknown, clean: (text: string) => string): Error {
  const { message, code, name } = cause as { message?: unknown; code?: unknown; name?: unknown };
  const plain = new Error(typeof message === 'string' ? clean(message) : 'unknown');
  if (typeof name === 'string') Object.defineProperty(plain, 'name', { value: name, configurable: true });
  return typeof code === 'string' ? Object.assign(plain, { code }) : plain;
}

/** Converts an attempt without a whole answer. `changing`: the request may have changed the panel. */
export function toLostFailure(
  lost: LostAnswer,
  changing: boolean,
  limits: { attemptMs: number; maxBodyBytes: number },
): Failure {
  const common = { status: lost.status, outcomeUnknown: changing && lost.sent, cause: lost.cause };
  switch (lost.reason) {
    case 'timeout':
      return lost.cause instanceof ConnectError
        ? { ...common, code: 'PANEL_TIMEOUT', what: lost.cause.message }
        : { ...common, code: 'PANEL_TIMEOUT', what: `no complete answer after ${Math.round(limits.attemptMs)} ms` };
    case 'too_large':
      return {
        ...common,
        code: 'PANEL_UNREADABLE',
        what: `the body is larger than ${limits.maxBodyBytes} bytes`,
        remedy: 'Allow a larger body, or request less data per call.',
      };
    case 'aborted':
      return {
        ...common,
        code: 'PANEL_TIMEOUT',
        what: 'the call was cancelled',
        remedy: 'It was cancelled before the answer arrived.',
      };
    case 'connect':
      return { ...common, code: 'PANEL_UNREACHABLE', ...explainConnectError(lost.cause as ConnectError) };
    case 'cut':
      return { ...common, code: 'PANEL_UNREACHABLE', what: `the connection was cut: ${toMessage(lost.cause)}` };
  }
}

function explainConnectError(error: ConnectError): { what: string; remedy?: string } {
  switch (error.kind) {
    case 'pin':
      return {
        what: error.message,
        remedy:
          'If the certificate was renewed on purpose, check its fingerprint on the panel and set the new one (tls.pinSha256).',
      };
    case 'tls':
      if (error.code === 'ERR_SSL_WRONG_VERSION_NUMBER' || error.message.includes('wrong version number')) {
        return {
          what: 'TLS failed: the server does not speak TLS',
          remedy: 'If it serves plain http, use http:// and allow it; otherwise correct the port.',
        };
      }
      return {
        what: `TLS failed: ${error.message}`,
        remedy:
          'Set the certificate authority (tls.ca), pin the certificate (tls.pinSha256), or correct the certificate on the panel.',
      };
    case 'proxy':
      return {
        what: `the proxy opened no connection: ${error.message}`,
        remedy: 'Check the address and credentials of the proxy.',
      };
    default:
      return { what: error.message };
  }
}

function toMessage(cause: unknown): string {
  const message = (cause as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' && message !== '' ? message : 'no reason given';
}

const KEYS = ['error', 'message', 'detail', 'details', 'reason', 'msg'];

/** Returns the text of a refusal from the first of the usual keys that has one; objects as JSON. */
export function findMessage(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  for (const key of KEYS) {
    const value = (json as Record<string, unknown>)[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      return findMessage(value) ?? JSON.stringify(value);
    }
  }
  return null;
}

/** Returns the fields of a validation refusal, `{errors: {field: [text, ...]}}`. */
export function findFields(json: unknown): PanelErrorField[] | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { errors } = json as { errors?: unknown };
  if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) return undefined;
  const fields = Object.entries(errors).flatMap(([path, texts]) =>
    (Array.isArray(texts) ? texts : [texts])
      .filter((text): text is string => typeof text === 'string')
      .map((message) => ({ path, message })),
  );
  return fields.length === 0 ? undefined : fields;
}

/** Shortens a panel's text to one line of a message. */
export function oneLine(text: string, longest = 300): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  // A cut may leave half of a pair behind.
  return line.length <= longest ? line : `${printable(line.slice(0, longest)).trimEnd()}...`;
}
