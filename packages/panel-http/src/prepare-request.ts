import { PanelConfigError } from './config-error.js';
import type { PanelRequest } from './types.js';

export interface PreparedRequest {
  /** Path and query on the wire, the base URL's own path included. */
  target: string;
  /** Path and query as they are sent, still to be redacted. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  idempotent: boolean;
  changing: boolean;
}

/** `..`, backslashes, white space and fragments could lead a request elsewhere than its template says. */
const strayPath = /(^|\/)(\.|%2e){1,2}(\/|$)|[\s\\#?]/i;

/** Of nothing but characters that stand for themselves in a request line. */
const ordinary = /^[\w\-.~!$&'()*+,;=:@/%?]*$/;

/** What a request is on the wire, below the path of the panel's base URL. `PanelConfigError` when it cannot be sent as it is. */
export function prepareRequest(basePath: string, request: PanelRequest<unknown>): PreparedRequest {
  const { method } = request;
  if (!request.path.startsWith('/') || strayPath.test(request.path)) {
    throw new PanelConfigError(
      'path_invalid',
      `The path of ${request.endpoint} is not a plain absolute path. Percent-encode the ids in it.`,
    );
  }
  const path = request.path + queryOf(request.query);
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
    target: basePath + (ordinary.test(path) ? path : encoded(path)),
    path,
    headers: request.headers === undefined ? headers : { ...headers, ...lowerCased(request.headers) },
    body,
    idempotent: request.idempotent ?? method === 'GET',
    changing: request.changing ?? method !== 'GET',
  };
}

/** Headers by the one spelling of their names. */
export function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function encoded(path: string): string {
  const { pathname, search } = new URL(`http://panel${path}`);
  return pathname + search;
}

function queryOf(query: PanelRequest<unknown>['query']): string {
  if (query === undefined) return '';
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
