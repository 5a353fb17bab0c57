import { invalid, unauthorised, get, post, users, type ReplayStep } from '../step.js';

const ping = '/api/v2/panel/ping/';
const notFound =
  '404 Not Found: The requested URL was not found on the server. ' +
  'If you entered the URL manually please check your spelling and try again.';
const notAllowed = '405 Method Not Allowed: The method is not allowed for the requested URL.';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const crawlers = ['my-bot/1', 'Googlebot/2.1', 'spider', 'crawler', 'archiver', 'Java/1.8'];
const plainAgents = ['node', 'undici', 'axios/1.7', 'curl/8', 'Sluice/1.0'];
/** Only these let the panel answer in JSON with its details. */
const jsonAccepts = ['application/json', 'application/json;q=0.9', '*', 'text/plain'];
const htmlAccepts = ['*/*', 'application/json, text/plain, */*', 'text/html', 'application/*', 'application/xml'];

/** Paths, slashes, keys, crawlers and Accept headers (docs/panels/hiddify.md, 1, 2.1 and 6.1). */
export const addressSteps: readonly ReplayStep[] = [
  ...methods.map((method) => ({
    title: `${method} ping`,
    method,
    path: ping,
    status: 200,
    has: { msg: `${method}: PONG` },
  })),
  get('info', '/api/v2/panel/info/', { has: { version: '10.80.12.dev1' } }),
  get('me', '/api/v2/admin/me/', { has: { name: 'Owner', mode: 'super_admin' } }),
  get('openapi without a key', '/api/openapi.json', { key: 'none' }),
  get('a path without its slash', '/api/v2/admin/user', { status: 308 }),
  post('a write without its slash', '/api/v2/admin/user', {}, { status: 308 }),
  get('no slash and a query', '/api/v2/admin/user?a=b', { status: 308 }),
  get('no slash and no key', '/api/v2/admin/user', { key: 'none', status: 308 }),
  get('no slash and a wrong key', '/api/v2/admin/user', { key: '{stranger}', ...unauthorised }),
  get('a doubled slash', '/api/v2//admin/user/', { status: 308 }),
  get('no slash behind a proxy', '/api/v2/admin/user', {
    headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'panel.example' },
    status: 308,
  }),
  get('an unknown proxy path', users, { below: 'unknown-path', status: 400, says: 'invalid request' }),
  get('an unknown proxy path without a key', users, {
    below: 'unknown-path',
    key: 'none',
    status: 400,
    says: 'invalid request',
  }),
  get('no proxy path at all', '/', { below: 'host', status: 400, says: 'invalid request' }),
  get('the add-on at the root of a stock panel', '/api/v1/agent-traffic/agents/traffic', {
    below: 'host',
    status: 400,
    says: 'invalid request',
  }),
  get('the add-on below the admin path of a stock panel', '/api/v1/agent-traffic/agents/traffic', {
    status: 500,
    says: notFound,
  }),
  get('an unknown route', '/api/v2/admin/nope/', { status: 500, says: notFound }),
  get('an unknown route without a key', '/api/v2/admin/nope/', { key: 'none', status: 500, says: notFound }),
  get('an unknown route and a wrong key', '/api/v2/admin/nope/', { key: '{stranger}', ...unauthorised }),
  get('an integer id in the path', '/api/v2/admin/user/1/', { status: 500, says: notFound }),
  get('a uuid without dashes in the path', '/api/v2/admin/user/3c9d4f85a06e4b1d8f745e80b1a24d04/', {
    status: 500,
    says: notFound,
  }),
  { title: 'a wrong method', method: 'PUT', path: users, json: {}, status: 500, says: notAllowed },
  {
    title: 'a wrong method without a key',
    method: 'PUT',
    path: users,
    key: 'none',
    json: {},
    status: 500,
    says: notAllowed,
  },
  { title: 'OPTIONS', method: 'OPTIONS', path: users, status: 200 },
  { title: 'OPTIONS without a key', method: 'OPTIONS', path: users, key: 'none', status: 200 },
  { title: 'HEAD without a key', method: 'HEAD', path: users, key: 'none', status: 403 },
  { title: 'HEAD', method: 'HEAD', path: '/api/v2/admin/admin_user/', status: 200 },
  get('no key', ping, { key: 'none', ...unauthorised }),
  get('a wrong key', ping, { key: '{stranger}', ...unauthorised }),
  get('the key in upper case', ping, { key: '{OWNER}' }),
  get('blanks around the key', ping, { key: ' {owner} ' }),
  get('a bearer token', ping, { key: 'none', headers: { Authorization: 'Bearer {owner}' }, ...unauthorised }),
  get('Basic with the uuid alone', ping, { key: 'none', headers: { Authorization: 'Basic {owner}:' } }),
  get('Basic with the uuid and a password', ping, {
    key: 'none',
    headers: { Authorization: 'Basic {owner}:x' },
    ...unauthorised,
  }),
  ...crawlers.map((agent) =>
    get(`User-Agent ${agent}`, ping, { headers: { 'User-Agent': agent }, status: 400, says: 'invalid' }),
  ),
  ...plainAgents.map((agent) => get(`User-Agent ${agent}`, ping, { headers: { 'User-Agent': agent } })),
  ...[null, ...jsonAccepts, ...htmlAccepts].map((accept) =>
    get(`an error with Accept ${accept ?? 'absent'}`, '/api/v2/admin/user/{stranger}/', {
      headers: { Accept: accept },
      status: 404,
      says: 'User not found',
    }),
  ),
  post(
    'a validation error with Accept */*',
    users,
    { usage_limit_GB: 'x' },
    { headers: { Accept: '*/*' }, ...invalid, has: { msg: 'Validation error' } },
  ),
  get('status of an unknown administrator', '/api/v2/admin/server_status/?admin_id=987654', { status: 500 }),
  {
    title: 'log without a file',
    method: 'POST',
    path: '/api/v2/admin/log/',
    headers: { 'Content-Type': null },
    status: 422,
  },
  get('configuration without a key', '/api/v2/admin/all-configs/', { key: 'none', ...unauthorised }),
];
