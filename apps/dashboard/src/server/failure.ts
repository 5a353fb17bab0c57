import { type Said, say, toTexts } from '@sluice/messages';
import { roundBytes } from '@sluice/quota-core';
import { SluiceError, type ErrorKind } from '@sluice/panel-kind';
import type { Outsider } from './outsider.js';

/** The error as a client gets it: `code`, `message` and `details` are those of the JSON documents. */
export interface Failure {
  status: number;
  code: string;
  message: string;
  details: Record<string, unknown>;
  /** Whether it is a defect, for `onError`. */
  defect: boolean;
}

const STATUS: Record<ErrorKind, number> = {
  usage: 400,
  'not-found': 404,
  conflict: 409,
  busy: 409,
  brake: 409,
  unsupported: 422,
  panel: 502,
  billing: 502,
  store: 503,
  interrupted: 503,
  internal: 500,
};

/** Statuses that differ from that of the error's kind. */
const BY_CODE: Record<string, number> = {
  // Runs take them for a failure of one user; who asks for it is refused.
  agent_limit: 409,
  agent_suspended: 409,
  bad_login: 401,
  config_refused: 503,
  forbidden: 403,
  no_token: 401,
  token_exceeds: 403,
  method_not_allowed: 405,
  too_many_requests: 429,
  key_reused: 422,
  lease_lost: 409,
  store_closed: 503,
};

/** Errors of the server itself, by its codes. */
const OF_SERVER: Record<string, { status: number; code: string; message: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'too_large', message: 'The body of the request is too large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    message:
      'The body of the request has another type than is read here: JSON (application/json) by the API, forms by pages',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'bad_request', message: 'The body of the request is empty' },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'bad_request', message: 'The body of the request is not JSON' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'bad_request',
    message: 'The length of the body differs from its header',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'bad_request', message: 'The address of the request is not valid' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'bad_request', message: 'The address of the request is too long' },
};

/** All that a client may know of a defect. */
const DEFECT: Failure = {
  status: 500,
  code: 'unexpected',
  message: 'An unexpected error occurred',
  details: {},
  defect: true,
};

/** Returns what a client may know of anything thrown: errors of the engine as they are, defects without their text. */
export function toFailure(error: unknown): Failure {
  const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: unknown };
  if (error instanceof SluiceError) {
    const { details, kind } = error;
    if (kind === 'internal') return DEFECT;
    const status = BY_CODE[error.code] ?? STATUS[kind];
    return { status, code: error.code, message: error.message, details, defect: false };
  }
  if (typeof code === 'string') {
    const known = Object.hasOwn(OF_SERVER, code) ? OF_SERVER[code] : undefined;
    if (known !== undefined) return { ...known, details: {}, defect: false };
    // Errors of the store and of panels have texts for users.
    if (/^(store|lease)_/.test(code) && typeof message === 'string')
      return { status: BY_CODE[code] ?? 503, code, message, details: {}, defect: false };
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { status: statusCode, code: 'bad_request', message: 'The request is not valid', details: {}, defect: false };
  return DEFECT;
}

/** Returns the error for a request that its viewer may not send. */
export function forbidden(message: string): SluiceError {
  return new SluiceError('forbidden', message, { kind: 'usage' });
}

/** Returns the error for something that does not exist, or that its viewer may not see. */
export function notFound(code: string, message: string, details: Record<string, unknown> = {}): SluiceError {
  return new SluiceError(code, message, { kind: 'not-found', details });
}

/** Kinds of errors whose messages are for clients too, or for nobody; those of all others name the operator's config. */
const FOR_CLIENTS: readonly ErrorKind[] = ['not-found', 'unsupported', 'internal'];

/** Errors about what is wrong with a request. Others of the kind `usage` are about the operator's config and machine. */
const OF_REQUESTS: ReadonlySet<string> = new Set([
  ...['forbidden', 'no_token', 'no_key', 'bad_request', 'bad_input', 'bad_option', 'bad_value'],
  ...['not_a_number', 'too_short', 'too_long', 'number_invalid'],
  ...['area_code_unknown', 'area_code_missing', 'area_code_mismatch'],
  ...['invalid_period', 'period_empty', 'invalid_date', 'invalid_instant'],
]);

/** Further errors whose messages are about what the client itself has or asked for. */
const CODES_FOR_CLIENTS: ReadonlySet<string> = new Set([
  ...['too_many_requests', 'key_reused', 'bad_csrf', 'not_changed', 'wrong_lifecycle', 'no_account', 'not_mapped'],
  ...['package_not_offered', 'price_changed', 'over_budget', 'no_quota', 'ref_used', 'no_client', 'no_credit'],
  ...['currency_mismatch', 'client_closed', 'invoice_closed'],
  ...['purchase_unfinished', 'purchase_ended', 'purchase_paid'],
  ...['no_report', 'line_of_other', 'no_rate', 'ambiguous_rate'],
]);

/** What clients read of refusals whose messages name what is not theirs: a reseller and its limit, another service, staff. */
const IN_THEIR_WORDS: Readonly<Record<string, Said>> = {
  agent_limit: say('problem.notAvailable'),
  agent_suspended: say('problem.notAvailable'),
  line_conflict: say('problem.line'),
  line_unproven: say('problem.line'),
  unknown_panel: say('problem.setUp'),
  termination_unfinished: say('problem.ending'),
  too_many_mails: say('problem.tooManyMails'),
};

/** Errors that are in the words of clients already, and what they say; null for the engine's own words. */
const SAID = new WeakMap<SluiceError, Said | null>();

/** Returns an error that a client reads in its language on pages, and in English by the API. */
export function clientError(
  code: string,
  said: Said,
  options: { kind?: ErrorKind; details?: Record<string, unknown>; cause?: unknown } = {},
): SluiceError {
  const texts = toTexts('en');
  const message = texts.said<string>(said, (figure) => ('bytes' in figure ? texts.bytes(figure.bytes) : ''));
  const error = new SluiceError(code, message.join(''), options);
  SAID.set(error, said);
  return error;
}

/** Returns what an error says to its reader as a message; null where it has words of its own. */
export function findSaid(error: SluiceError): Said | null {
  return SAID.get(error) ?? null;
}

/**
 * Returns an error as a client of the operator may read it: what failed in a panel, a billing system or the store, or is set up wrongly, is
 * one sentence, and the names of others like an unknown object are left out.
 */
export function forClient(error: unknown, sentence: Said = say('problem.later')): unknown {
  if (error instanceof SluiceError) {
    if (SAID.has(error)) return error;
    const said = inWordsOfClients(error, sentence);
    if (!SAID.has(said)) SAID.set(said, null);
    return said;
  }
  const { code } = error as { code?: unknown };
  const isOfStore = typeof code === 'string' && /^(store|lease)_/.test(code);
  return isOfStore ? clientError(code, sentence, { kind: 'store', cause: error }) : error;
}

/** What an agent reads of refusals whose messages name what is not its own: agents above it, other runs, services. */
const IN_WORDS_OF_AGENTS: Readonly<Record<string, Said>> = {
  agent_suspended: say('problem.suspended'),
  user_of_service: say('problem.managedUser'),
  lease_held: say('problem.changing'),
};

/** Errors about one user of an agent, or about what it asked for. */
const OF_USERS: ReadonlySet<string> = new Set(['unknown_user', 'ambiguous_user', 'outcome_unknown', 'invalid_user']);

/** Returns an error as an agent may read it: as a client does, and without details, which may name others. */
export function forAgent(error: unknown): unknown {
  if (!(error instanceof SluiceError)) return forClient(error);
  if (findSaid(error) !== null) return error;
  const { code, kind } = error;
  if (isInDoubt(error)) return clientError(code, say('problem.inDoubt'), { kind, cause: error });
  if (code === 'agent_limit') return overBudget(error);
  const words = IN_WORDS_OF_AGENTS[code];
  if (words !== undefined) return clientError(code, words, { kind, cause: error });
  if (OF_USERS.has(code)) return new SluiceError(code, error.unhinted, { kind, cause: error });
  const said = forClient(error);
  if (!(said instanceof SluiceError) || Object.keys(said.details).length === 0) return said;
  return new SluiceError(said.code, said.unhinted, { kind: said.kind, cause: error });
}

/** Returns whether a change may have been made all the same: the panel did not answer, or the store failed after the call. */
function isInDoubt({ details, cause }: SluiceError): boolean {
  return [details, cause].some((each) => (each as { outcomeUnknown?: unknown } | undefined)?.outcomeUnknown === true);
}

/** Says what does not fit within a budget, with its figures where it is that of the reader or of an agent below it. */
function overBudget(error: SluiceError): SluiceError {
  const { code, kind, details } = error;
  const { whose, agent: name = '', ...figures } = details as Partial<BudgetDetails>;
  const { askedBytes, remainingBytes, limitBytes } = figures;
  if (askedBytes === undefined || remainingBytes === undefined || limitBytes === undefined)
    return clientError(code, say('problem.overTraffic'), { kind, cause: error });
  if (whose === 'above') return clientError(code, say('problem.overAbove'), { kind, cause: error });
  const [asked, budget, left] = [{ bytes: askedBytes }, { bytes: limitBytes }, { bytes: remainingBytes }];
  const fits = { bytes: roundBytes(remainingBytes, 'down') };
  const isOwn = whose === 'own';
  const said =
    remainingBytes === 0
      ? isOwn
        ? say('problem.overOwnUsed', { asked, budget })
        : say('problem.overBelowUsed', { asked, budget, name })
      : isOwn
        ? say('problem.overOwn', { asked, budget, left, fits })
        : say('problem.overBelow', { asked, budget, left, fits, name });
  return clientError(code, said, { kind, cause: error, details: { askedBytes, remainingBytes, limitBytes } });
}

/** What the engine says of traffic that does not fit. */
interface BudgetDetails {
  askedBytes: number;
  remainingBytes: number;
  limitBytes: number;
  whose: 'own' | 'below' | 'above';
  agent: string;
}

/** Returns an error as the reader of a page may read it; the provider's own read it as it is. */
export function forReader({ client, agent }: Outsider, error: unknown): unknown {
  if (agent !== null) return forAgent(error);
  return client === null ? error : forClient(error);
}

function inWordsOfClients(error: SluiceError, sentence: Said): SluiceError {
  const { code, kind, details } = error;
  const words = IN_THEIR_WORDS[code];
  if (words !== undefined) return clientError(code, words, { kind, cause: error });
  if (kind === 'not-found') return new SluiceError(code, error.unhinted, { kind, details, cause: error });
  const isOwn = FOR_CLIENTS.includes(kind) || OF_REQUESTS.has(code) || CODES_FOR_CLIENTS.has(code);
  if (isOwn) return error;
  const isSetup = kind === 'usage';
  const isOrdered = (kind === 'billing' || isSetup) && details['purchase'] !== undefined;
  const inDoubt = code === 'outcome_unknown' ? say('problem.inDoubt') : sentence;
  return clientError(code, isOrdered ? say('problem.ordered') : inDoubt, {
    kind: isSetup ? 'store' : kind,
    cause: error,
  });
}
