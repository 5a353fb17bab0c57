import type { z } from 'zod';
import type { AttemptAnswer } from './attempt-outcome.js';
import { codeOfStatus, leadsToLogin } from './classify-status.js';
import type { Failure } from './failure.js';
import { defaultMessageIn, fieldsIn, oneLine } from './panel-message.js';
import { parseRetryAfter } from './retry-delay.js';
import type { PanelFailure, PanelHttpOptions } from './types.js';

export interface ReadOptions {
  accept: 'json' | 'text' | 'bytes' | 'file';
  allowEmpty: boolean;
  changing: boolean;
  schema: z.ZodType | undefined;
  failureIn: PanelHttpOptions['failureIn'];
  refusalIn: PanelHttpOptions['refusalIn'];
  messageIn: PanelHttpOptions['messageIn'];
  now: number;
  /** Applied before texts are cut to length, so that half a secret cannot remain. */
  clean: (text: string) => string;
}

export type ReadResult = { body: unknown } | { failure: Failure };

/** From status, headers and bytes to a checked body or a failure. Pure. */
export function readAnswer(answer: AttemptAnswer, options: ReadOptions): ReadResult {
  const { status } = answer;
  const retryAfter = answer.headers['retry-after'];
  const code = codeOfStatus(status, retryAfter !== undefined, answer.headers.location);
  if (code !== null) return { failure: refusal(answer, code, options) };
  const taken = take(answer, options);
  if ('failure' in taken || options.schema === undefined) return taken;
  const checked = options.schema.safeParse(taken.body);
  return checked.success ? { body: checked.data } : { failure: wrongFields(checked.error, status, options) };
}

function take(answer: AttemptAnswer, options: ReadOptions): ReadResult {
  const { accept } = options;
  const contentType = (answer.headers['content-type'] ?? '').toLowerCase();
  // A panel that says no with status 200 says it in JSON, whatever was asked for.
  const json = accept === 'json' || (options.failureIn !== undefined && /[/+]json\b/.test(contentType));
  if (json) {
    const parsed = parseJson(answer.body.toString('utf8'), options.allowEmpty);
    const no = 'json' in parsed ? refusalInside(parsed.json, answer.status, options) : null;
    if (no !== null) return { failure: no };
    if (accept === 'json') {
      return 'json' in parsed
        ? { body: parsed.json }
        : { failure: unreadable(parsed.problem, answer.status, options, parsed.transient) };
    }
  }
  if (accept === 'bytes') return { body: answer.body };
  return { body: accept === 'text' ? answer.body.toString('utf8') : { contentType, bytes: answer.body } };
}

function refusalInside(json: unknown, status: number, options: ReadOptions): Failure | null {
  const no = options.failureIn?.({ status, json }) ?? null;
  if (no === null) return null;
  const fields = fieldsIn(json);
  return {
    code: no.code,
    what: quote(no.message, options),
    status,
    panelCode: no.panelCode ?? null,
    outcomeUnknown: options.changing && (no.code === 'PANEL_UNREADABLE' || no.code === 'PANEL_TIMEOUT'),
    transient: no.retry ?? false,
    ...(fields === undefined ? {} : { fields }),
  };
}

function wrongFields(error: z.ZodError, status: number, options: ReadOptions): Failure {
  const fields = error.issues.map((issue) => ({
    path: issue.path.length === 0 ? '(the whole answer)' : issue.path.join('.'),
    message: oneLine(options.clean(issue.message), 120),
  }));
  const listed = fields.slice(0, 3).map((field) => `${field.path}: ${field.message}`);
  const more = fields.length > 3 ? `; and ${fields.length - 3} more` : '';
  return { ...unreadable(`wrong fields, ${listed.join('; ')}${more}`, status, options, false), fields };
}

function refusal(answer: AttemptAnswer, code: Failure['code'], options: ReadOptions): Failure {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) return redirect(status, headers.location, options);
  const text = answer.body.toString('utf8', 0, 65_536);
  const parsed = parseJson(text, true);
  const json = 'json' in parsed ? parsed.json : null;
  const fields = fieldsIn(json);
  const said = 'json' in parsed ? (options.refusalIn?.({ status, json }) ?? null) : null;
  if (said !== null) return wordedRefusal(said, status, fields, options);
  const words = (options.messageIn ?? defaultMessageIn)(json);
  return {
    code,
    what: words !== null ? quote(words, options) : 'problem' in parsed ? `not JSON but ${parsed.problem}` : '',
    status,
    retryAfterMs: parseRetryAfter(headers['retry-after'], options.now),
    outcomeUnknown: options.changing && code === 'PANEL_SERVER_ERROR',
    ...(fields === undefined ? {} : { fields }),
  };
}

function wordedRefusal(said: PanelFailure, status: number, fields: Failure['fields'], options: ReadOptions): Failure {
  return {
    code: said.code,
    what: quote(said.message, options),
    status,
    panelCode: said.panelCode ?? null,
    outcomeUnknown: options.changing && (said.code === 'PANEL_SERVER_ERROR' || said.code === 'PANEL_UNREADABLE'),
    transient: said.retry ?? false,
    ...(fields === undefined ? {} : { fields }),
  };
}

function redirect(status: number, location: string | undefined, options: ReadOptions): Failure {
  const goal = oneLine(options.clean((location ?? 'nowhere').replace(/[?#].*$/s, '')), 200);
  if (leadsToLogin(location)) {
    return { code: 'PANEL_AUTH', what: `sent to the page to sign in, ${goal}`, status, outcomeUnknown: false };
  }
  return {
    ...unreadable(`sent on to ${goal}`, status, options, false),
    remedy:
      'Redirects are not followed, so that credentials stay with the panel: set its address to where it really answers.',
  };
}

function unreadable(what: string, status: number, options: ReadOptions, transient: boolean): Failure {
  return { code: 'PANEL_UNREADABLE', what, status, outcomeUnknown: options.changing, transient };
}

function quote(words: string, options: ReadOptions): string {
  return oneLine(options.clean(words)).replace(/\.$/, '');
}

type Parsed = { json: unknown } | { problem: string; transient: boolean };

function parseJson(text: string, allowEmpty: boolean): Parsed {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return { json: JSON.parse(body) as unknown };
  } catch {
    const start = body.trimStart().slice(0, 1);
    if (start === '')
      return allowEmpty ? { json: null } : { problem: 'an empty body where JSON is due', transient: false };
    if (start === '<') return { problem: 'an HTML page where JSON is due', transient: false };
    if (start === '{' || start === '[') return { problem: 'JSON that is cut off or broken', transient: true };
    return { problem: 'text that is not JSON', transient: false };
  }
}
