import { decodeHTMLStrict } from 'entities/lib/decode.js';
import type { PanelErrorCode, PanelFailure } from '@sluice/panel-http';
import type { WhmcsRefusal } from './types.js';
import { isObject } from './values.js';

interface Meaning {
  kind: WhmcsRefusal;
  code: PanelErrorCode;
  remedy?: string;
}

const STATE =
  /^(Invoice must be in Draft status|Invoice Not in Unpaid Status|Amount exceeds|Service not assigned to a module)|\bthat is Cancelled$/i;

/** The order matters: a refused address and a missing permission begin like any invalid request (docs/whmcs-api.md#errors). */
const MEANINGS: readonly [RegExp, Meaning][] = [
  [/^(Authentication Failed|Invalid or missing credentials)/i, { kind: 'auth', code: 'PANEL_AUTH' }],
  [
    /^Invalid IP\b/i,
    {
      kind: 'ip_not_allowed',
      code: 'PANEL_FORBIDDEN',
      remedy: 'Allow this address for the API in the security settings of WHMCS, or set an access key.',
    },
  ],
  [
    /^Invalid Permissions/i,
    {
      kind: 'permission',
      code: 'PANEL_FORBIDDEN',
      remedy: 'Allow the action in the API role of the credentials in WHMCS.',
    },
  ],
  [/\bnot found\b/i, { kind: 'not_found', code: 'PANEL_NOT_FOUND' }],
  [STATE, { kind: 'state', code: 'PANEL_REJECTED' }],
  [
    /\bis required$|^(Missing Variables|Invalid|Nothing to Update)/i,
    { kind: 'invalid_request', code: 'PANEL_REJECTED' },
  ],
];

const OTHER: Meaning = { kind: 'api_error', code: 'PANEL_REJECTED' };

/** Converts the message of a refusal. */
export function toRefusal(message: string): PanelFailure {
  const words = decodeHTMLStrict(message.replace(/<[^<>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
  const meaning = MEANINGS.find(([pattern]) => pattern.test(words))?.[1] ?? OTHER;
  return {
    code: meaning.code,
    message: words === '' ? 'WHMCS stated no reason' : words,
    panelCode: meaning.kind,
    ...(meaning.remedy === undefined ? {} : { remedy: meaning.remedy }),
  };
}

/** Returns what an answer states: a success (AddBillableItem's spelling too), a refusal, or neither. */
function findOutcome(json: unknown): 'success' | 'error' | null {
  if (!isObject(json)) return null;
  for (const value of [json['result'], json['status']]) {
    const word = typeof value === 'string' ? value.toLowerCase() : '';
    if (word === 'success' || word === 'error') return word;
  }
  return null;
}

export const isSuccess = ({ json }: { json: unknown }): boolean => findOutcome(json) === 'success';

/** Finds a refusal in an answer with any status; null where the status has to decide. */
export function findRefusal({ json }: { json: unknown }): PanelFailure | null {
  if (findOutcome(json) !== 'error') return null;
  const { message } = json as { message?: unknown };
  return toRefusal(typeof message === 'string' ? message : '');
}

/** Finds a refusal in an answer with a 2xx status: what states no success is unusable. */
export function findFailure({ json }: { json: unknown }): PanelFailure | null {
  const refusal = findRefusal({ json });
  if (refusal !== null || isSuccess({ json })) return refusal;
  const what = isObject(json) ? 'neither a result nor a status' : 'JSON that is not an object';
  return { code: 'PANEL_UNREADABLE', message: what };
}
