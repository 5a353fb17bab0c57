import { describe, expect, it } from '@jest/globals';
import { toErrorCode, leadsToLogin } from './read-answer.js';

describe('toErrorCode', () => {
  it.each([
    [200, null],
    [204, null],
    [301, 'PANEL_UNREADABLE'],
    [304, 'PANEL_UNREADABLE'],
    [400, 'PANEL_REJECTED'],
    [401, 'PANEL_AUTH'],
    [403, 'PANEL_FORBIDDEN'],
    [404, 'PANEL_NOT_FOUND'],
    [405, 'PANEL_REJECTED'],
    [409, 'PANEL_REJECTED'],
    [419, 'PANEL_AUTH'],
    [422, 'PANEL_REJECTED'],
    [429, 'PANEL_RATE_LIMITED'],
    [500, 'PANEL_SERVER_ERROR'],
    [502, 'PANEL_SERVER_ERROR'],
    [503, 'PANEL_SERVER_ERROR'],
    [599, 'PANEL_SERVER_ERROR'],
  ])('takes %i for %s', (status, code) => {
    expect(toErrorCode(status, false, undefined)).toBe(code);
  });

  it('takes a 503 with a wish to be left alone for a rate limit', () => {
    expect(toErrorCode(503, true, undefined)).toBe('PANEL_RATE_LIMITED');
  });

  it('takes a redirect to a page to sign in on for refused credentials', () => {
    expect(toErrorCode(302, false, 'https://panel.example/auth/login')).toBe('PANEL_AUTH');
  });
});

describe('leadsToLogin', () => {
  it.each([
    ['/login', true],
    ['/users/sign-in', true],
    ['https://panel.example/auth?next=/x', true],
    ['/home?from=login', false],
    ['/authors', false],
    [undefined, false],
  ])('%s: %s', (location, expected) => {
    expect(leadsToLogin(location)).toBe(expected);
  });
});
