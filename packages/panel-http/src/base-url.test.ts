import { describe, expect, it } from '@jest/globals';
import { normaliseBaseUrl, PanelConfigError } from './base-url.js';

const stripTails = [/\/backend$/i, /\/api\/v[23]$/i];

function catchCode(text: string): string {
  try {
    normaliseBaseUrl(text, { stripTails });
  } catch (error) {
    if (error instanceof PanelConfigError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('normaliseBaseUrl', () => {
  it.each([
    ['https://dcim.example.test', 'https://dcim.example.test'],
    [' https://dcim.example.test/ ', 'https://dcim.example.test'],
    ['https://dcim.example.test///', 'https://dcim.example.test'],
    ['https://DCIM.example.test/panel/backend/', 'https://dcim.example.test/panel'],
    ['https://dcim.example.test:8443/BACKEND', 'https://dcim.example.test:8443'],
    ['https://dcim.example.test/api/v3/', 'https://dcim.example.test'],
    ['https://dcim.example.test/backend/api/v2', 'https://dcim.example.test'],
    ['https://[2001:db8::1]:8443/x', 'https://[2001:db8::1]:8443/x'],
  ])('reads %s as %s', (text, url) => {
    expect(normaliseBaseUrl(text, { stripTails })).toEqual({ url, warnings: [] });
  });

  it('keeps a path when no tails are named', () => {
    expect(normaliseBaseUrl('https://panel.example/backend').url).toBe('https://panel.example/backend');
  });

  it('accepts plain http only when told to, and warns', () => {
    const { url, warnings } = normaliseBaseUrl('http://10.0.0.5', { allowHttp: true });
    expect(url).toBe('http://10.0.0.5');
    expect(warnings).toEqual([expect.stringContaining('unencrypted')]);
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['dcim.example.test', 'scheme_missing'],
    ['//dcim.example.test', 'scheme_missing'],
    ['ftp://dcim.example.test', 'scheme_unsupported'],
    ['https://user:pw@dcim.example.test', 'credentials_in_url'],
    ['https://dcim.example.test/?x=1', 'query_in_url'],
    ['https://dcim.example.test/?', 'query_in_url'],
    ['https://dcim.example.test/#top', 'query_in_url'],
    ['http://10.0.0.5', 'http_not_allowed'],
    ['https://dcim.example.test:port', 'url_invalid'],
  ])('refuses "%s" with %s', (text, code) => {
    expect(catchCode(text)).toBe(code);
  });

  it('does not repeat credentials in its message', () => {
    expect(() => normaliseBaseUrl('https://user:hunter2@dcim.example.test')).toThrow(/^(?!.*hunter2)/s);
  });
});
