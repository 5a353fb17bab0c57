import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { PanelException, Refusal } from './panel-failure.js';

const jsonType = { 'content-type': 'application/json' };
const htmlType = { 'content-type': 'text/html; charset=utf-8' };

/** A JSON answer; the panel ends each with a line break. */
export function json(value: unknown, status = 200): FakeResponse {
  return { status, headers: jsonType, body: `${JSON.stringify(value)}\n` };
}

/** Serialized JSON. */
export function writtenJson(body: string | Buffer): FakeResponse {
  return { status: 200, headers: jsonType, body };
}

/** Text under the panel's HTML content type. */
export function html(body: string, status = 200): FakeResponse {
  return { status, headers: htmlType, body };
}

/** A redirect with the usual small page. */
export function redirect(status: number, location: string): FakeResponse {
  const body =
    '<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n' +
    `<p>You should be redirected automatically to the target URL: <a href="${location}">${location}</a>. ` +
    'If not, click the link.\n';
  return { status, headers: { ...htmlType, location }, body };
}

/** Whether a path is one of the API's, whose errors are JSON. */
export function isApiPath(path: string): boolean {
  return path.includes('api/v1/') || path.includes('api/v2/');
}

/** The answer that an error of the panel becomes (docs/panels/hiddify.md, 6.1). Rethrows other errors. */
export function failed(error: unknown, request: FakeRequest): FakeResponse {
  if (error instanceof PanelException) {
    return isApiPath(request.path) ? json({ msg: error.message }, 500) : serverErrorPage;
  }
  if (error instanceof Refusal) {
    if (!acceptsHtml(request.headers['accept'])) {
      return json({ detail: error.detail, message: error.message }, error.status);
    }
    return isApiPath(request.path)
      ? json({ msg: error.message }, error.status)
      : html(`<!doctype html><html><body><h1>${error.status}</h1><p>${error.message}</p></body></html>`, error.status);
  }
  throw error;
}

/** What the web server in front of a broken application answers. */
export const serverErrorPage = html(
  '<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n' +
    '    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n',
  500,
);

const htmlTypes = new Set(['*/*', 'text/*', 'text/html', 'application/*', 'application/xhtml+xml', 'application/xml']);

/** Whether the panel regards the caller as accepting HTML: a quality of 0 does not count, `*` alone neither. */
export function acceptsHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  return accept.split(',').some((part) => htmlTypes.has(String(part.split(';')[0]).trim().toLowerCase()));
}
