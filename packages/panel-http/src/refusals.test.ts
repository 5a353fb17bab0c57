import { describe, expect, it } from '@jest/globals';
import { catchFailure } from './test/catch-failure.js';
import { json } from './test/test-server.js';
import type { PanelRequest } from './types.js';
import { useServer } from './test/use-server.js';

const read: PanelRequest<unknown> = { method: 'GET', path: '/ports/9', endpoint: 'GET /ports/{id}' };
const write: PanelRequest<unknown> = { method: 'POST', path: '/ports/9/disable', endpoint: 'POST /ports/{id}/disable' };

describe('an answer that is not a success', () => {
  const at = useServer({ breaker: false, retry: { attempts: 1 } });

  it.each([
    [401, 'PANEL_AUTH', false],
    [403, 'PANEL_FORBIDDEN', false],
    [404, 'PANEL_NOT_FOUND', false],
    [405, 'PANEL_REJECTED', false],
    [409, 'PANEL_REJECTED', false],
    [422, 'PANEL_REJECTED', false],
    [429, 'PANEL_RATE_LIMITED', false],
    [500, 'PANEL_SERVER_ERROR', true],
    [502, 'PANEL_SERVER_ERROR', true],
    [503, 'PANEL_SERVER_ERROR', true],
  ])('%i is %s, with the words of the panel', async (status, code, writeInDoubt) => {
    at.always({ message: 'Port is already disabled.' }, status);
    const error = await catchFailure(at.http.request(read));
    expect(error).toMatchObject({ code, status, panel: 'dcim', endpoint: 'GET /ports/{id}', outcomeUnknown: false });
    expect(error.message).toMatch(
      new RegExp(`^Panel "dcim" .* GET /ports/\\{id\\} \\(HTTP ${status}: Port is already disabled\\)\\. [A-Z].*\\.$`),
    );
    const failedWrite = await catchFailure(at.http.request(write));
    expect(failedWrite).toMatchObject({ code, outcomeUnknown: writeInDoubt });
    expect(failedWrite.message.includes('read the object before you repeat it')).toBe(writeInDoubt);
  });

  it('keeps the fields of a refused form', async () => {
    at.always(
      { message: 'The given data was invalid.', errors: { startDate: ['The start date field is required.'] } },
      422,
    );
    expect((await catchFailure(at.http.request(read))).fields).toEqual([
      { path: 'startDate', message: 'The start date field is required.' },
    ]);
  });

  it.each([
    ['30', 30_000],
    ['Sun, 01 Nov 2026 12:01:00 GMT', 60_000],
  ])('reads Retry-After: %s', async (value, retryAfterMs) => {
    at.always({ message: 'Too Many Attempts.' }, 429, { 'retry-after': value });
    expect(await catchFailure(at.http.request(read))).toMatchObject({ code: 'PANEL_RATE_LIMITED', retryAfterMs });
  });

  it('takes 503 with Retry-After for a rate limit, and a write as not made', async () => {
    at.always({}, 503, { 'retry-after': '1' });
    expect(await catchFailure(at.http.request(write))).toMatchObject({
      code: 'PANEL_RATE_LIMITED',
      retryAfterMs: 1_000,
      outcomeUnknown: false,
    });
  });

  it('says so when an error comes as a page', async () => {
    at.always('<html>Bad Gateway</html>', 502, { 'content-type': 'text/html' });
    const error = await catchFailure(at.http.request(read));
    expect(error.message).toContain('(HTTP 502: not JSON but an HTML page instead of JSON)');
  });

  it('cuts long words of a panel', async () => {
    at.always({ message: 'x'.repeat(100_000) }, 500);
    expect((await catchFailure(at.http.request(read))).message.length).toBeLessThan(600);
  });

  it('takes a redirect to the page to sign in on for refused credentials, and does not follow it', async () => {
    at.always('', 302, { location: `${at.server.url}/auth/login?token=abc` });
    const error = await catchFailure(at.http.request(write));
    expect(error).toMatchObject({ code: 'PANEL_AUTH', status: 302, outcomeUnknown: false });
    expect(error.message).not.toContain('token=');
    expect(at.server.seen).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i, and says what to do', async (status) => {
    at.always('', status, { location: 'https://other.example/home' });
    const error = await catchFailure(at.http.request(read));
    expect(error).toMatchObject({ code: 'PANEL_UNREADABLE', status });
    expect(error.message).toContain('redirected to https://other.example/home');
    expect(error.message).toContain("set the panel's address");
    expect(at.server.seen).toHaveLength(1);
  });

  it.each([
    ['a page', '<!doctype html><title>Sign in</title>', 'an HTML page'],
    ['nothing', '', 'an empty body'],
    ['half of an object', '{"in": 123, "out":', 'cut off or broken'],
    ['words', 'OK', 'not JSON'],
  ])('cannot use %s with status 200', async (_what, body, words) => {
    at.always(body);
    const error = await catchFailure(at.http.request(read));
    expect(error).toMatchObject({ code: 'PANEL_UNREADABLE', status: 200, outcomeUnknown: false });
    expect(error.message).toContain(words);
    expect(await catchFailure(at.http.request(write))).toMatchObject({
      code: 'PANEL_UNREADABLE',
      outcomeUnknown: true,
    });
  });

  it('lets the caller find a refusal inside of a success', async () => {
    at.connect({
      failureIn: ({ json: body }) =>
        (body as { code?: number }).code === 0
          ? null
          : { code: 'PANEL_REJECTED', message: 'No such tunnel', panelCode: -1 },
    });
    at.answer = (seen, response) => {
      json(response, { code: seen.n === 1 ? 0 : -1 });
    };
    expect((await at.http.request(read)).body).toEqual({ code: 0 });
    expect(await catchFailure(at.http.request(write))).toMatchObject({
      code: 'PANEL_REJECTED',
      status: 200,
      panelCode: -1,
      outcomeUnknown: false,
    });
  });

  it('lets the caller say where the words are', async () => {
    at.connect({
      messageIn: (body) => (body as { fault: { text: string } }).fault.text,
    });
    at.always({ fault: { text: 'over there' }, message: 'not here' }, 400);
    expect((await catchFailure(at.http.request(read))).message).toContain('(HTTP 400: over there)');
  });
});
