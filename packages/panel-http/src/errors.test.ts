import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { createPanelError, isPanelError, PanelError, PanelNotFoundError, type PanelErrorCode } from './errors.js';

const codes: [PanelErrorCode, string][] = [
  ['PANEL_UNREACHABLE', 'PanelUnreachableError'],
  ['PANEL_TIMEOUT', 'PanelTimeoutError'],
  ['PANEL_AUTH', 'PanelAuthError'],
  ['PANEL_FORBIDDEN', 'PanelForbiddenError'],
  ['PANEL_NOT_FOUND', 'PanelNotFoundError'],
  ['PANEL_RATE_LIMITED', 'PanelRateLimitedError'],
  ['PANEL_REJECTED', 'PanelRejectedError'],
  ['PANEL_SERVER_ERROR', 'PanelServerError'],
  ['PANEL_UNREADABLE', 'PanelUnreadableError'],
  ['PANEL_CIRCUIT_OPEN', 'PanelCircuitOpenError'],
];

describe('PanelError', () => {
  it.each(codes)('%s comes as %s', (code, name) => {
    const error = createPanelError(code, 'text', { panel: 'p', endpoint: 'GET /x' });
    expect(error).toBeInstanceOf(PanelError);
    expect(error.code).toBe(code);
    expect(error.name).toBe(name);
    expect(error.stack).toMatch(new RegExp(`^${name}: text`));
  });

  it('fills what it was not told with unknown', () => {
    const error = new PanelNotFoundError('text', { panel: 'p', endpoint: 'GET /x' });
    expect(error).toMatchObject({ status: null, panelCode: null, retryAfterMs: null, outcomeUnknown: false });
    expect(error.fields).toBeUndefined();
  });

  it('goes into JSON with its message and without its cause', () => {
    const cause = new Error('inner');
    const error = new PanelNotFoundError('text', { panel: 'p', endpoint: 'GET /x', status: 404, cause });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'PanelNotFoundError',
      code: 'PANEL_NOT_FOUND',
      message: 'text',
      panel: 'p',
      endpoint: 'GET /x',
      status: 404,
      panelCode: null,
      retryAfterMs: null,
      outcomeUnknown: false,
    });
    expect(error.cause).toBe(cause);
    expect(Object.keys(error)).not.toContain('cause');
    expect(inspect(error)).toContain('PanelNotFoundError: text');
  });

  it('is recognised by its mark', () => {
    expect(isPanelError(createPanelError('PANEL_AUTH', 'x', { panel: 'p', endpoint: 'e' }))).toBe(true);
    expect(isPanelError(new Error('PANEL_AUTH'))).toBe(false);
    expect(isPanelError({ code: 'PANEL_AUTH' })).toBe(false);
    expect(isPanelError(null)).toBe(false);
  });
});
