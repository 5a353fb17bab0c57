import type { z } from 'zod';
import type { ZodMiniType } from 'zod/mini';
import type { PanelErrorCode } from './errors.js';
import { parseExactJson } from './exact-json.js';
import type { AttemptAnswer } from './exchange.js';
import { type Failure, findMessage, findFields, oneLine } from './failure.js';
import { parseRetryAfter } from './retry-delay.js';
import type { PanelFailure, PanelHttpOptions, PanelReply, PanelRequest } from './types.js';

interface ReadOptions {
  accept: 'json' | 'text' | 'bytes' | 'file';
  allowEmpty: boolean;
  changing: boolean;
  schema: z.ZodType | ZodMiniType | undefined;
  exactNumbers: boolean;
  outcomeIn: PanelRequest<unknown>['outcomeIn'];
  failureIn: PanelHttpOptions['failureIn'];
  refusalIn: PanelHttpOptions['refusalIn'];
  successIn: PanelHttpOptions['successIn'];
  messageIn: PanelHttpOptions['messageIn'];
  now: number;
  /** Applied before texts are cut to length, so that half a secret cannot remain. */
  clean: (text: string) => string;
}

/** A parsed body, or why there is none. */
export type ReadResult = { body: unknown } | { failure: Failure };

/** Converts status, headers and bytes to a checked body or a failure. */
export function readAnswer(answer: AttemptAnswer, options: ReadOptions): ReadResult {
  const { status } = answer;
  const retryAfter = answer.headers['retry-after'];
  const code = toErrorCode(status, retryAfter !== undefined, answer.headers.location);
  const outcome = findOutcome(answer, options);
  if (outcome !== null && outcome !== 'success') return { failure: outcome };
  if (code !== null && outcome === null && !statesSuccess(answer, options))
    return { failure: readRefusal(answer, code, options) };
  const read = readBody(answer, options);
  if ('failure' in read || options.schema === undefined) return read;
  const checked = options.schema.safeParse(read.body);
  return checked.success ? { body: checked.data } : { failure: toFieldFailure(checked.error, status, options) };
}

/** Asks the call's own function, once for a body in any form. */
function findOutcome(answer: AttemptAnswer, options: ReadOptions): Failure | 'success' | null {
  const { status, headers, body } = answer;
  if (options.outcomeIn === undefined || (status >= 300 && status < 400)) return null;
  const text = body.toString('utf8');
  const parsed = parseJson(text, options);
  const reply: PanelReply = { status, contentType: (headers['content-type'] ?? '').toLowerCase(), text };
  if ('json' in parsed && text.trim() !== '') reply.json = parsed.json;
  const found = options.outcomeIn(reply);
  if (found === null || found === 'success') return found;
  const failure = toRefusal(found, { status, json: reply.json }, ['PANEL_UNREADABLE', 'PANEL_SERVER_ERROR'], options);
  return { ...failure, retryAfterMs: parseRetryAfter(headers['retry-after'], options.now) };
}

function statesSuccess({ status, body }: AttemptAnswer, { successIn }: ReadOptions): boolean {
  if (successIn === undefined || status < 400) return false;
  const parsed = parseJson(body.toString('utf8'), { allowEmpty: false, exactNumbers: false });
  return 'json' in parsed && successIn({ status, json: parsed.json });
}

function readBody(answer: AttemptAnswer, options: ReadOptions): ReadResult {
  const { accept } = options;
  const contentType = (answer.headers['content-type'] ?? '').toLowerCase();
  // A panel that refuses with status 200 does so in JSON, whatever was requested.
  const json = accept === 'json' || (options.failureIn !== undefined && /[/+]json\b/.test(contentType));
  if (json) {
    const parsed = parseJson(answer.body.toString('utf8'), options);
    const refused = 'json' in parsed ? findInnerRefusal(parsed.json, answer.status, options) : null;
    if (refused !== null) return { failure: refused };
    if (accept === 'json') {
      return 'json' in parsed
        ? { body: parsed.json }
        : { failure: toUnreadable(parsed.problem, answer.status, options, parsed.transient) };
    }
  }
  if (accept === 'bytes') return { body: answer.body };
  return { body: accept === 'text' ? answer.body.toString('utf8') : { contentType, bytes: answer.body } };
}

function findInnerRefusal(json: unknown, status: number, options: ReadOptions): Failure | null {
  const found = options.failureIn?.({ status, json }) ?? null;
  return found && toRefusal(found, { status, json }, ['PANEL_UNREADABLE', 'PANEL_TIMEOUT'], options);
}

function toFieldFailure(error: Pick<z.core.$ZodError, 'issues'>, status: number, options: ReadOptions): Failure {
  const fields = error.issues.map((issue) => ({
    path: issue.path.length === 0 ? '(the whole answer)' : issue.path.join('.'),
    message: oneLine(options.clean(issue.message), 120),
  }));
  const listed = fields.slice(0, 3).map((field) => `${field.path}: ${field.message}`);
  const more = fields.length > 3 ? `; and ${fields.length - 3} more` : '';
  return { ...toUnreadable(`wrong fields, ${listed.join('; ')}${more}`, status, options, false), fields };
}

function readRefusal(answer: AttemptAnswer, code: Failure['code'], options: ReadOptions): Failure {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) return toRedirect(status, headers.location, options);
  const text = answer.body.toString('utf8', 0, 65_536);
  const parsed = parseJson(text, { allowEmpty: true, exactNumbers: false });
  const json = 'json' in parsed ? parsed.json : null;
  const fields = findFields(json);
  const found = 'json' in parsed ? (options.refusalIn?.({ status, json }) ?? null) : null;
  if (found !== null) return toRefusal(found, { status, json }, ['PANEL_UNREADABLE', 'PANEL_SERVER_ERROR'], options);
  const words = (options.messageIn ?? findMessage)(json);
  return {
    code,
    what: words !== null ? quote(words, options) : 'problem' in parsed ? `not JSON but ${parsed.problem}` : '',
    status,
    retryAfterMs: parseRetryAfter(headers['retry-after'], options.now),
    outcomeUnknown: options.changing && code === 'PANEL_SERVER_ERROR',
    ...(fields === undefined ? {} : { fields }),
  };
}

/** Converts a refusal that the options have found; after a changing call the outcome of the codes `inDoubt` is unknown. */
function toRefusal(
  { code, message, panelCode, remedy, retry = false, outcomeUnknown, fields }: PanelFailure,
  { status, json }: { status: number; json: unknown },
  inDoubt: PanelErrorCode[],
  options: ReadOptions,
): Failure {
  const invalid = fields ?? findFields(json);
  return {
    code,
    what: quote(message, options),
    status,
    panelCode: panelCode ?? null,
    outcomeUnknown: options.changing && (outcomeUnknown ?? inDoubt.includes(code)),
    transient: retry,
    ...(remedy === undefined ? {} : { remedy }),
    ...(invalid === undefined ? {} : { fields: invalid }),
  };
}

function toRedirect(status: number, location: string | undefined, options: ReadOptions): Failure {
  const goal = oneLine(options.clean((location ?? 'nowhere').replace(/[?#].*$/s, '')), 200);
  if (leadsToLogin(location)) {
    return { code: 'PANEL_AUTH', what: `redirected to the sign-in page ${goal}`, status, outcomeUnknown: false };
  }
  return {
    ...toUnreadable(`redirected to ${goal}`, status, options, false),
    remedy:
      "Redirects are not followed, so that credentials are not sent to another host: set the panel's address to the final one.",
  };
}

function toUnreadable(what: string, status: number, options: ReadOptions, transient: boolean): Failure {
  return { code: 'PANEL_UNREADABLE', what, status, outcomeUnknown: options.changing, transient };
}

function quote(words: string, options: ReadOptions): string {
  return oneLine(options.clean(words)).replace(/\.$/, '');
}

type Parsed = { json: unknown } | { problem: string; transient: boolean };

function parseJson(text: string, { allowEmpty, exactNumbers }: { allowEmpty: boolean; exactNumbers: boolean }): Parsed {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (/^\s*[[{]/.test(body) && isNestedTooDeeply(body))
    return { problem: 'JSON that is nested too deeply', transient: false };
  try {
    return { json: exactNumbers ? parseExactJson(body) : (JSON.parse(body) as unknown) };
  } catch {
    const start = body.trimStart().slice(0, 1);
    if (start === '')
      return allowEmpty ? { json: null } : { problem: 'an empty body instead of JSON', transient: false };
    if (start === '<') return { problem: 'an HTML page instead of JSON', transient: false };
    if (start === '{' || start === '[') return { problem: 'JSON that is cut off or broken', transient: true };
    return { problem: 'text that is not JSON', transient: false };
  }
}

/** Returns the failure of an HTTP status; `null` for 2xx. */
export function toErrorCode(
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

/** Returns whether a redirect leads to a sign-in page. */
export function leadsToLogin(location: string | undefined): boolean {
  return location !== undefined && /\b(log-?in|sign-?in|auth|sso)\b/i.test(location.replace(/[?#].*$/s, ''));
}

/** No panel nests its answers anywhere near as deeply. */
const DEEPEST = 500;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Returns whether arrays and objects of a JSON text are nested so deeply that parsing it would keep the process from all else. */
export function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(text, at);
        break;
      case 0x5b: // Brackets and braces.
      case 0x7b:
        depth += 1;
        if (depth > DEEPEST) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
  return false;
}

/** Returns where the text that begins at a quotation mark ends; the length of the whole where it does not. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let first = at;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((at - first) % 2 === 0) return at;
  }
  return text.length;
}
