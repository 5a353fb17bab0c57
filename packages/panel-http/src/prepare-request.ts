import { PanelConfigError } from './config-error.js';
import type { PanelRequest } from './types.js';

export interface PreparedRequest {
  url: string;
  /** Path and query as they are sent, still to be redacted. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  idempotent: boolean;
  changing: boolean;
}

/** `..`, backslashes, white space and fragments could lead a request elsewhere than its template says. */
const strayPath = /(^|\/)(\.|%2e){1,2}(\/|$)|[\s\\#?]/i;

/** What a request is on the wire. `PanelConfigError` when it cannot be sent as it is. */
export function prepareRequest(baseUrl: string, request: PanelRequest<unknown>): PreparedRequest {
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
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return {
    url: baseUrl + path,
    path,
    headers,
    body,
    idempotent: request.idempotent ?? method === 'GET',
    changing: request.changing ?? method !== 'GET',
  };
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
