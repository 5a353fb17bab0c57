import type { PanelErrorCode, PanelFailure, PanelReply } from '@sluice/panel-http';
import type { CallOperation, FailureKind, Profile } from '../profile/schema.js';
import { failureByStatus, findFailure, type WireFailure } from '../wire/failure.js';

const CODES: Record<FailureKind, PanelErrorCode> = {
  bad_request: 'PANEL_REJECTED',
  unauthorized: 'PANEL_AUTH',
  forbidden: 'PANEL_FORBIDDEN',
  not_found: 'PANEL_NOT_FOUND',
  conflict: 'PANEL_REJECTED',
  validation_failed: 'PANEL_REJECTED',
  rate_limited: 'PANEL_RATE_LIMITED',
  unsupported: 'PANEL_REJECTED',
  unavailable: 'PANEL_SERVER_ERROR',
  internal: 'PANEL_SERVER_ERROR',
  bad_response: 'PANEL_UNREADABLE',
};

/** Kinds that do not show whether a change was made. */
const IN_DOUBT: readonly FailureKind[] = ['unavailable', 'internal', 'rate_limited', 'bad_response'];

type JudgedOperation = Pick<CallOperation, 'failedWhen' | 'acceptStatus' | 'response'>;

/** Creates the function that decides what an answer means by the profile; null: the transport decides. */
export function createJudge(
  profile: Profile,
  operation: JudgedOperation,
): (reply: PanelReply) => PanelFailure | 'success' | null {
  const { acceptStatus, response = 'json' } = operation;
  return (reply) => {
    const { status, text, json } = reply;
    const found = findFailure(profile, operation, reply);
    if (found !== null) return toPanelFailure(found);
    if (status >= 400) {
      if (acceptStatus?.includes(status) === true) return 'success';
      const failure = failureByStatus(profile, reply);
      // A page of a proxy shows neither that a record is absent, nor whether the system made the change.
      if (json === undefined) {
        const kind = failure.kind === 'not_found' ? 'bad_response' : failure.kind;
        return { ...toPanelFailure({ ...failure, kind }), message: describeBody(text), outcomeUnknown: true };
      }
      const isOwn = failure.code !== null || failure.message !== null;
      if (failure.kind !== 'not_found' || isOwn) return toPanelFailure(failure);
      return { ...unusable('a 404 without the error that the profile describes'), panelCode: 'not_found' };
    }
    if (acceptStatus !== undefined && !acceptStatus.includes(status)) {
      return unusable('a status that the profile does not accept for this operation');
    }
    if (response === 'bytes' || response === 'text') return 'success';
    if (text.trim() === '') {
      const empty = response === 'empty' || [202, 204, 205].includes(status);
      return empty ? 'success' : unusable('an empty body');
    }
    if (json === undefined) return response === 'empty' ? 'success' : null;
    return claimsJson(profile, reply.contentType) ? 'success' : unusable('JSON that claims to be of another type');
  };
}

function claimsJson({ http }: Profile, contentType: string): boolean {
  return http?.ignoreContentType === true || contentType === '' || /[/+]json\b/.test(contentType);
}

const unusable = (message: string): PanelFailure => ({
  code: 'PANEL_UNREADABLE',
  message,
  panelCode: 'bad_response',
});

function toPanelFailure({ kind, message, requestId, details }: WireFailure): PanelFailure {
  const words = message ?? '';
  return {
    code: CODES[kind],
    message: requestId === null ? words : `${words} (request ${requestId})`.trim(),
    panelCode: kind,
    outcomeUnknown: IN_DOUBT.includes(kind),
    ...(details.length === 0
      ? {}
      : { fields: details.map(({ field, message: reason }) => ({ path: field, message: reason })) }),
  };
}

function describeBody(text: string): string {
  const start = text.trimStart().slice(0, 1);
  return start === '' ? 'an empty body' : start === '<' ? 'an HTML page' : 'text that is not JSON';
}
