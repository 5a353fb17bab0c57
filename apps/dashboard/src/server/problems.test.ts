import { expect, it } from '@jest/globals';
import { SERVE_TOKEN, useBench } from '../test/dashboard-bench.js';

const at = useBench();

const LONG = 'a'.repeat(600);

it.each([
  ['/api/v1/%', 400],
  [`/api/v1/services/${LONG}`, 414],
  ['/api/v1/nothing', 404],
])('answers %s in the form of API errors', async (path, status) => {
  const answer = await at.fetch(path, { token: SERVE_TOKEN });
  const text = await answer.text();
  expect([answer.status, JSON.parse(text)]).toEqual([
    status,
    { error: { code: expect.any(String), message: expect.any(String), details: {} } },
  ]);
  expect(text).not.toMatch(/FST_|aaaa|%/);
});

it.each([
  ['/share/%e0%a4%a', 400],
  ['/services/%ff', 400],
  [`/services/${LONG}`, 414],
])('answers %s with a page', async (path, status) => {
  const answer = await at.fetch(path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
  const text = await answer.text();
  expect(text).toContain('The address of the request is');
  expect(text).not.toMatch(/FST_|aaaa/);
});

it.each([
  ['POST', '/agents/x/check', '{', 400],
  ['GET', '/agents/%', undefined, 400],
  ['GET', '/nothing', undefined, 404],
  ['GET', '', undefined, 404],
])('answers %s %s of the Hiddify add-on with a text', async (method, path, body, status) => {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const init = { method, token: SERVE_TOKEN, headers, ...(body === undefined ? {} : { body }) };
  const answer = await at.fetch(`/api/v1/agent-traffic${path}`, init);
  expect([answer.status, await answer.json()]).toEqual([status, { error: expect.any(String) }]);
});

it.each([
  ['POST', '/healthz', 'GET, HEAD'],
  ['PUT', '/api/v1/services?client=42', 'GET, HEAD, PATCH, POST'],
  ['PUT', '/api/v1/services/svc-1/', 'DELETE, GET, HEAD, PATCH'],
  ['DELETE', '/api/v1/log/follow', 'GET, HEAD'],
  ['POST', '/api/v1/openapi.json', 'GET, HEAD'],
])('answers %s %s with the methods that are possible there', async (method, path, allowed) => {
  const answer = await at.fetch(path, { method, token: SERVE_TOKEN });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
  expect(await answer.json()).toEqual({
    error: {
      code: 'method_not_allowed',
      message: `${method} is not possible at this address; use ${allowed}`,
      details: { allowed: allowed.split(', ') },
    },
  });
});

it('answers a wrong method for a page with a page', async () => {
  const answer = await at.fetch('/services/svc-1', { method: 'DELETE' });
  expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([
    405,
    'GET, HEAD',
    expect.stringContaining('DELETE is not possible at this address; use GET, HEAD'),
  ]);
});

it.each([
  ['/services?stauts=held', 'stauts', 'did you mean "status"?'],
  ['/services?zzzzzzzzzzzz=1', 'zzzzzzzzzzzz', 'known: '],
  ['/me?nme=x', 'nme', 'there are none here'],
  ['/log/export?kidn=api', 'kidn', 'did you mean "kind"?'],
  ['/services?client=1&client=2', 'client', 'named twice'],
])('names the wrong key of %s', async (path, key, hint) => {
  const answer = await at.fetch(`/api/v1${path}`, { token: SERVE_TOKEN });
  const { error } = (await answer.json()) as { error: { message: string; details: { problems: { path: string }[] } } };
  expect([answer.status, error.details.problems.map((problem) => problem.path)]).toEqual([400, [key]]);
  expect(error.message).toContain(hint);
});

it('names the first wrong keys of a large body, shortened, and how many more there are', async () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `${n}-`.padEnd(90, 'x'));
  const body = Object.fromEntries(['y'.repeat(50_000), ...names].map((name) => [name, 1]));
  const { status, json } = await at.call('POST /runs', { body });
  const { details } = json['error'] as { details: { problems: { path: string; message: string }[] } };
  const { problems } = details;
  // The command is missing, too.
  expect([status, problems.length, problems.at(-1)]).toEqual([400, 21, { path: '', message: 'and 9982 more' }]);
  expect(Math.max(...problems.map(({ path }) => path.length))).toBe(101);
  expect(JSON.stringify(json).length).toBeLessThan(10_000);
});

it('names the wrong key of a body', async () => {
  const body = { package: 'extra-50', noet: 'x' };
  const message = 'The body of the request is not valid (noet): Unknown key "noet"; did you mean "note"?';
  expect(await at.call('POST /services/svc-1/purchases', { body })).toMatchObject({
    status: 400,
    json: { error: { message } },
  });
});
