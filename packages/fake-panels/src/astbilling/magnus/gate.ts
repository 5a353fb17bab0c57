import { createHmac } from 'node:crypto';
import type { FakeRequest } from '../../core/fake-request.js';
import type { FakeResponse } from '../../core/fake-response.js';
import { buildPhpQuery, type PhpArray, readText } from '../php-form.js';
import type { AstSite } from '../site.js';
import { brokenPage, json, text } from './answers.js';

/** Texts that no value of a request may contain. */
const blocked = [
  'copy',
  'print',
  'echo',
  'eval',
  'while',
  'alert',
  'console',
  'rename',
  'prepare',
  'assert',
  'schema',
  'concat',
  'unlink',
  'mkdir',
  'select ',
  'update ',
  'create ',
  ' set ',
  ' table ',
  'src=',
];

/** Refuses a request before its work, as the panel does; undefined: it may go on. */
export function refusedAtGate(
  site: AstSite,
  request: FakeRequest,
  form: PhpArray,
  module: string,
): FakeResponse | undefined {
  return withoutLogin(site, request, form) ?? badValue(form, module);
}

function withoutLogin(
  { world, key, secret, sessions }: AstSite,
  request: FakeRequest,
  form: PhpArray,
): FakeResponse | undefined {
  const { key: sentKey, sign } = request.headers;
  if (sentKey === undefined || sign === undefined) {
    const session = /PHPSESSID=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (session !== undefined && sessions.has(session)) return undefined;
    return text('Access denied to All action in All modules');
  }
  // What was received is parsed and written again; the URL is not signed.
  const signature = createHmac('sha512', secret).update(buildPhpQuery(form)).digest('hex');
  if (sentKey !== key || sign !== signature) return text('invalid API access');
  if (world.quirks.addressRefused) return text('invalid IP');
  return world.quirks.keyRights.split(',').includes(toRight(form)) ? undefined : text('invalid API action');
}

/** The right that a request needs, by what its body says: the path does not count. */
function toRight(form: PhpArray): string {
  const action = readText(form, 'action');
  if (action === 'destroy') return 'd';
  if (action === 'save') return Number(readText(form, 'id') ?? 0) > 0 ? 'u' : 'c';
  return 'r';
}

function badValue(form: PhpArray, module: string): FakeResponse | undefined {
  for (const [name, value] of Object.entries(form)) {
    if (typeof value !== 'string' || name === 'filter') continue;
    const lower = value.toLowerCase();
    if (/^\{.*\}$/s.test(value) && isJson(value))
      return brokenPage('TypeError', 'Argument #2 ($subject) must be of type string');
    if (value.length > 1000) return refusedValue(`Variable to long2: ${entities(value)}. Controller =&gt; ${module}`);
    const word = blocked.find((one) => lower.includes(one));
    if (word !== undefined) {
      return refusedValue(`Trying SQL inject, code: ${entities(lower)}. Controller =&gt; ${module}. Code ${word}`);
    }
  }
  return undefined;
}

const entities = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Looks like an empty list. */
const refusedValue = (msg: string): FakeResponse => json({ rows: [], count: 0, sum: [], msg });

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
