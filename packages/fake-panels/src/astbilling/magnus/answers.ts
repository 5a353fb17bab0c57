import type { FakeResponse } from '../../core/fake-response.js';
import { phpJson } from './php-json.js';

export type Json = Record<string, unknown>;

/** An answer that ends the work on a request, as the panel's exceptions do. */
export class MagnusStop extends Error {
  constructor(readonly answer: FakeResponse) {
    super('stopped');
  }
}

const html = { 'content-type': 'text/html; charset=UTF-8' };

export const text = (body: string, status = 200): FakeResponse => ({ status, headers: html, body });
/** JSON under the type of a page, as always. */
export const json = (body: Json): FakeResponse => text(phpJson(body));

/** A page of the framework about broken PHP or a database error, with its stack and the source around each call. */
export function brokenPage(name: string, message: string): FakeResponse {
  const traces = [
    '#0 /var/www/html/mbilling/protected/components/BaseController.php(612)',
    '#1 /var/www/html/mbilling/protected/components/ApiAccess.php(82)',
    '168             } else {\n169                 exit(&#039;invalid user&#039;);\n170             }',
    '171         } else {\n172             exit(&#039;invalid API access&#039;);\n173         }',
  ];
  const page = `<!DOCTYPE html>\n<html><head><title>${name}</title></head>\n<body><h1>${name}</h1>\n<p class="message">${message}</p>\n<div class="traces">${traces.join('\n')}</div></body></html>`;
  return text(page, 500);
}

export const notFoundPage = (path: string): FakeResponse =>
  text(
    `<!DOCTYPE html>\n<html><head><title>CHttpException</title></head>\n<body><h1>CHttpException</h1>\n<p>Unable to resolve the request "${path}".</p></body></html>`,
    404,
  );

export const done = 'Operation was successful.';

/** Refuses a save with the messages of its fields. */
export const fieldErrors = (errors: Record<string, string[]>): FakeResponse =>
  json({ success: false, rows: [], errors });

/** Refuses a save as the database did; the statement is a part of the text. */
export function databaseError(state: string, detail: string, table: string): FakeResponse {
  const kind = {
    '23000': 'Integrity constraint violation',
    '22007': 'Invalid datetime format',
    '22001': 'String data, right truncated',
    HY000: 'General error',
    '01000': 'Warning',
  }[state];
  const known = detail.startsWith('1452') ? 'Record to be listed there. ' : '';
  const errors = `${known}Technical information: CDbCommand failed to execute the SQL statement: SQLSTATE[${state}]: ${kind}: ${detail}. The SQL statement executed was: INSERT INTO \`pkg_${table}\` VALUES (:yp0, :yp1)`;
  return json({ success: false, rows: [], errors });
}

/** Refuses to remove what other rows need. */
export function inUse(module: string): FakeResponse {
  const link = 'http://en.wikipedia.org/wiki/Foreign_key';
  const errors = `Record to be deleted is related to another. Technical information: <br> Please, first delete all related records in the module ${module}<br><br><a target = '_blank' href='${link}'>${link}</a>`;
  return json({ success: false, errors });
}
