import { describe, expect, it } from '@jest/globals';
import { createPanelHttp } from './create-panel-http.js';
import type { PanelHttpOptions } from './types.js';

describe('createPanelHttp', () => {
  it.each<[string, Partial<PanelHttpOptions>, string]>([
    ['a base URL with a slash at its end', { baseUrl: 'https://panel.example/' }, 'url_invalid'],
    ['a base URL without a scheme', { baseUrl: 'panel.example' }, 'url_invalid'],
    ['a base URL with credentials', { baseUrl: 'https://u:p@panel.example' }, 'credentials_in_url'],
    ['an empty token', { auth: { bearer: '' } }, 'option_invalid'],
    ['a token with a line break', { auth: { bearer: 'abc\ndef' } }, 'option_invalid'],
    ['no concurrency', { concurrency: 0 }, 'option_invalid'],
    ['a broken concurrency', { concurrency: 1.5 }, 'option_invalid'],
    ['no requests per second', { requestsPerSecond: 0 }, 'option_invalid'],
    ['no attempts', { retry: { attempts: 0 } }, 'option_invalid'],
    ['a negative wait', { retry: { baseDelayMs: -1 } }, 'option_invalid'],
    ['an endless time-out', { timeouts: { attemptMs: Number.POSITIVE_INFINITY } }, 'option_invalid'],
    ['a circuit that opens at once', { breaker: { failures: 0 } }, 'option_invalid'],
    ['a pin that is none', { tls: { pinSha256: 'abc' } }, 'pin_invalid'],
    ['a proxy that is not a URL', { proxy: 'proxy.example:8080:x' }, 'proxy_invalid'],
    ['a proxy with a password that is not encoded', { proxy: 'http://u:50%@proxy.example' }, 'proxy_invalid'],
    ['a proxy of an unknown kind', { proxy: 'ftp://proxy.example' }, 'proxy_invalid'],
  ])('refuses %s', (_what, options, code) => {
    expect(() => createPanelHttp({ panel: 'p', baseUrl: 'https://panel.example', ...options })).toThrow(
      expect.objectContaining({ name: 'PanelConfigError', code }),
    );
  });

  it('accepts pins with and without colons', () => {
    for (const pinSha256 of ['ab'.repeat(32), 'AB:'.repeat(31) + 'AB']) {
      createPanelHttp({ panel: 'p', baseUrl: 'https://panel.example', tls: { pinSha256 } }).close();
    }
  });

  it('does not repeat secrets in its messages', () => {
    const broken = { panel: 'p', baseUrl: 'https://panel.example', auth: { bearer: 'hunter2 hunter2' } };
    expect(() => createPanelHttp(broken)).toThrow(/^(?!.*hunter2)/s);
    expect(() => createPanelHttp({ ...broken, auth: { bearer: 'x' }, proxy: 'ftp://u:hunter2@h' })).toThrow(
      /^(?!.*hunter2)/s,
    );
  });
});
