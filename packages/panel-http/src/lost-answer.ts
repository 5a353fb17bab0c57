import type { LostAnswer } from './attempt-outcome.js';
import { ConnectError } from './connect-error.js';
import type { Failure } from './failure.js';

/** An attempt that ended without a whole answer, as a failure. `changing`: could the request have changed the panel? */
export function failureOfLostAnswer(
  lost: LostAnswer,
  changing: boolean,
  limits: { attemptMs: number; maxBodyBytes: number },
): Failure {
  const common = { status: lost.status, outcomeUnknown: changing && lost.sent, cause: lost.cause };
  switch (lost.reason) {
    case 'timeout':
      return lost.cause instanceof ConnectError
        ? { ...common, code: 'PANEL_TIMEOUT', what: lost.cause.message }
        : { ...common, code: 'PANEL_TIMEOUT', what: `nothing complete after ${Math.round(limits.attemptMs)} ms` };
    case 'too_large':
      return {
        ...common,
        code: 'PANEL_UNREADABLE',
        what: `the body is larger than ${limits.maxBodyBytes} bytes`,
        remedy: 'Allow a larger body, or ask for less at once.',
      };
    case 'aborted':
      return {
        ...common,
        code: 'PANEL_TIMEOUT',
        what: 'the call was cancelled',
        remedy: 'It was called off before the answer came.',
      };
    case 'connect':
      return { ...common, code: 'PANEL_UNREACHABLE', ...wordsOfConnectError(lost.cause as ConnectError) };
    case 'cut':
      return { ...common, code: 'PANEL_UNREACHABLE', what: `the connection was cut: ${messageOf(lost.cause)}` };
  }
}

function wordsOfConnectError(error: ConnectError): { what: string; remedy?: string } {
  switch (error.kind) {
    case 'pin':
      return {
        what: error.message,
        remedy: 'If the certificate was renewed on purpose, compare the fingerprint at the panel and set the new one.',
      };
    case 'tls':
      if (error.code === 'ERR_SSL_WRONG_VERSION_NUMBER' || error.message.includes('wrong version number')) {
        return {
          what: 'TLS failed: what answers there does not speak TLS',
          remedy: 'Where it is a server of plain http, write http:// and allow that; otherwise mend the port.',
        };
      }
      return {
        what: `TLS failed: ${error.message}`,
        remedy:
          'Give the authority of the certificate (tls.ca), pin the certificate (tls.pinSha256), or mend it at the panel.',
      };
    case 'proxy':
      return {
        what: `the proxy gave no connection: ${error.message}`,
        remedy: 'Check address and credentials of the proxy.',
      };
    default:
      return { what: error.message };
  }
}

function messageOf(cause: unknown): string {
  const message = (cause as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' && message !== '' ? message : 'no reason given';
}
