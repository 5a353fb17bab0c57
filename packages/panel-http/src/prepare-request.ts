import { PanelConfigError } from './config-error.js';
import type { CallEvent, PanelRequest } from './types.js';
import type { PanelError } from './errors.js';

/** A request as it is sent. */
export interface PreparedRequest {
  /** Path and query as sent, with the base URL's path. */
  target: string;
  /** Path and query below the base URL, not redacted. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  idempotent: boolean;
  changing: boolean;
}

/** `..`, backslashes, white space and fragments could send a request to another path than its template has. */
const STRAY_PATH = /(^|\/)(\.|%2e){1,2}(\/|$)|[\s\\#?]/i;

/** Characters that need no encoding in a request line. */
const ORDINARY = /^[\w\-.~!$&'()*+,;=:@/%?]*$/;

/** Converts a request below the path of the base URL. Throws a `PanelConfigError` when it can't be sent. */
export function prepareRequest(basePath: string, request: PanelRequest<unknown>): PreparedRequest {
  const { method } = request;
  if (!request.path.startsWith('/') || STRAY_PATH.test(request.path)) {
    throw new PanelConfigError(
      'path_invalid',
      `The path of ${request.endpoint} is not a plain absolute path. Percent-encode the ids in it.`,
    );
  }
  const path = request.path + toQuery(request.query);
  const headers: Record<string, string> = {};
  let body: string | undefined;
  if (request.json !== undefined) {
    body = JSON.stringify(request.json);
    headers['content-type'] = 'application/json';
  } else if (request.form !== undefined) {
    body = new URLSearchParams(request.form).toString();
    headers['content-type'] = 'application/x-www-form-urlencoded';
  }
  if (body !== undefined && method === 'GET') {
    throw new PanelConfigError('option_invalid', `${request.endpoint} is a GET and cannot have a body. Use the query.`);
  }
  return {
    target: basePath + (ORDINARY.test(path) ? path : encodePath(path)),
    path,
    headers: request.headers === undefined ? headers : { ...headers, ...lowerCased(request.headers) },
    body,
    idempotent: request.idempotent ?? method === 'GET',
    changing: request.changing ?? method !== 'GET',
  };
}

/** Returns headers with names in lower case. */
export function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function encodePath(path: string): string {
  const { pathname, search } = new URL(`http://panel${path}`);
  return pathname + search;
}

function toQuery(query: PanelRequest<unknown>['query']): string {
  if (query === undefined) return '';
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** One attempt, before it is redacted. */
export interface CallFacts {
  at: number;
  panel: string;
  request: PanelRequest<unknown>;
  prepared: PreparedRequest;
  clean: (text: string) => string;
  status: number | null;
  headers: Record<string, string> | null;
  durationMs: number;
  attempt: number;
  responseBytes: number;
  error: PanelError | null;
}

let last = { ms: Number.NaN, text: '' };

/** Reports one attempt to the listener. A listener that throws causes a warning and no failed call. */
export function reportCall(onCall: (event: CallEvent) => void, facts: CallFacts): void {
  const { request, prepared, clean, error } = facts;
  try {
    onCall({
      at: toInstant(facts.at),
      panel: facts.panel,
      endpoint: request.endpoint,
      method: request.method,
      path: clean(prepared.path),
      status: facts.status,
      serverTime: facts.headers === null ? null : parseServerTime(facts.headers),
      durationMs: facts.durationMs,
      attempt: facts.attempt,
      ok: error === null,
      code: error?.code ?? null,
      message: error?.message ?? null,
      requestBytes: prepared.body === undefined ? 0 : Buffer.byteLength(prepared.body),
      responseBytes: facts.responseBytes,
      tag: request.tag === undefined ? null : clean(request.tag),
      changing: prepared.changing,
    });
  } catch (thrown) {
    process.emitWarning(
      `The call listener of panel "${facts.panel}" failed: ${clean(String(thrown))}`,
      'PanelHttpWarning',
    );
  }
}

/** Of many calls, several begin in one millisecond. */
function toInstant(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}

/** An answer from a cache is as old as its `Age`. */
function parseServerTime({ date = '', age }: Record<string, string>): number | null {
  const sent = date.endsWith(' GMT') ? Date.parse(date) : Number.NaN;
  const seconds = age !== undefined && /^\d{1,9}$/.test(age) ? Number(age) : 0;
  return Number.isNaN(sent) ? null : sent + seconds * 1000;
}
