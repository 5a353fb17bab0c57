import { type ReplayStep } from '../step.js';

const users = '/api/v2/admin/user/';
const ping = '/api/v2/panel/ping/';
const unauthorised = { status: 403, says: 'Unathorized' };
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
  { title: 'info', method: 'GET', path: '/api/v2/panel/info/', status: 200, has: { version: '10.80.12.dev1' } },
  { title: 'me', method: 'GET', path: '/api/v2/admin/me/', status: 200, has: { name: 'Owner', mode: 'super_admin' } },
  { title: 'openapi without a key', method: 'GET', path: '/api/openapi.json', key: 'none', status: 200 },
  { title: 'a path without its slash', method: 'GET', path: '/api/v2/admin/user', status: 308 },
  { title: 'a write without its slash', method: 'POST', path: '/api/v2/admin/user', json: {}, status: 308 },
  { title: 'no slash and a query', method: 'GET', path: '/api/v2/admin/user?a=b', status: 308 },
  { title: 'no slash and no key', method: 'GET', path: '/api/v2/admin/user', key: 'none', status: 308 },
  { title: 'no slash and a wrong key', method: 'GET', path: '/api/v2/admin/user', key: '{stranger}', ...unauthorised },
  { title: 'a doubled slash', method: 'GET', path: '/api/v2//admin/user/', status: 308 },
  {
    title: 'no slash behind a proxy',
    method: 'GET',
    path: '/api/v2/admin/user',
    headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'panel.example' },
    status: 308,
  },
  {
    title: 'an unknown proxy path',
    method: 'GET',
    path: users,
    below: 'unknown-path',
    status: 400,
    says: 'invalid request',
  },
  {
    title: 'an unknown proxy path without a key',
    method: 'GET',
    path: users,
    below: 'unknown-path',
    key: 'none',
    status: 400,
    says: 'invalid request',
  },
  { title: 'no proxy path at all', method: 'GET', path: '/', below: 'host', status: 400, says: 'invalid request' },
  {
    title: 'the add-on at the root of a stock panel',
    method: 'GET',
    path: '/api/v1/agent-traffic/agents/traffic',
    below: 'host',
    status: 400,
    says: 'invalid request',
  },
  {
    title: 'the add-on below the admin path of a stock panel',
    method: 'GET',
    path: '/api/v1/agent-traffic/agents/traffic',
    status: 500,
    says: notFound,
  },
  { title: 'an unknown route', method: 'GET', path: '/api/v2/admin/nope/', status: 500, says: notFound },
  {
    title: 'an unknown route without a key',
    method: 'GET',
    path: '/api/v2/admin/nope/',
    key: 'none',
    status: 500,
    says: notFound,
  },
  {
    title: 'an unknown route and a wrong key',
    method: 'GET',
    path: '/api/v2/admin/nope/',
    key: '{stranger}',
    ...unauthorised,
  },
  { title: 'an integer id in the path', method: 'GET', path: '/api/v2/admin/user/1/', status: 500, says: notFound },
  {
    title: 'a uuid without dashes in the path',
    method: 'GET',
    path: '/api/v2/admin/user/3c9d4f85a06e4b1d8f745e80b1a24d04/',
    status: 500,
    says: notFound,
  },
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
  { title: 'no key', method: 'GET', path: ping, key: 'none', ...unauthorised },
  { title: 'a wrong key', method: 'GET', path: ping, key: '{stranger}', ...unauthorised },
  { title: 'the key in upper case', method: 'GET', path: ping, key: '{OWNER}', status: 200 },
  { title: 'blanks around the key', method: 'GET', path: ping, key: ' {owner} ', status: 200 },
  {
    title: 'a bearer token',
    method: 'GET',
    path: ping,
    key: 'none',
    headers: { Authorization: 'Bearer {owner}' },
    ...unauthorised,
  },
  {
    title: 'Basic with the uuid alone',
    method: 'GET',
    path: ping,
    key: 'none',
    headers: { Authorization: 'Basic {owner}:' },
    status: 200,
  },
  {
    title: 'Basic with the uuid and a password',
    method: 'GET',
    path: ping,
    key: 'none',
    headers: { Authorization: 'Basic {owner}:x' },
    ...unauthorised,
  },
  ...crawlers.map((agent) => ({
    title: `User-Agent ${agent}`,
    method: 'GET',
    path: ping,
    headers: { 'User-Agent': agent },
    status: 400,
    says: 'invalid',
  })),
  ...plainAgents.map((agent) => ({
    title: `User-Agent ${agent}`,
    method: 'GET',
    path: ping,
    headers: { 'User-Agent': agent },
    status: 200,
  })),
  ...[null, ...jsonAccepts, ...htmlAccepts].map((accept) => ({
    title: `an error with Accept ${accept ?? 'absent'}`,
    method: 'GET',
    path: '/api/v2/admin/user/{stranger}/',
    headers: { Accept: accept },
    status: 404,
    says: 'User not found',
  })),
  {
    title: 'a validation error with Accept */*',
    method: 'POST',
    path: users,
    json: { usage_limit_GB: 'x' },
    headers: { Accept: '*/*' },
    status: 422,
    says: 'Validation error',
    has: { msg: 'Validation error' },
  },
  {
    title: 'status of an unknown administrator',
    method: 'GET',
    path: '/api/v2/admin/server_status/?admin_id=987654',
    status: 500,
  },
  {
    title: 'log without a file',
    method: 'POST',
    path: '/api/v2/admin/log/',
    headers: { 'Content-Type': null },
    status: 422,
  },
  {
    title: 'configuration without a key',
    method: 'GET',
    path: '/api/v2/admin/all-configs/',
    key: 'none',
    ...unauthorised,
  },
];
