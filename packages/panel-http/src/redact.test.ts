import { describe, expect, it } from '@jest/globals';
import { createRedactor, redact } from './redact.js';

const secret = 's3cr&t/+ "ü"value';

describe('redact', () => {
  it.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded in lower case', encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())],
    ['as a form field', new URLSearchParams({ x: secret }).toString()],
    ['inside JSON', JSON.stringify({ x: secret })],
    ['inside JSON with escaped slashes', JSON.stringify({ x: secret }).replaceAll('/', '\\/')],
    ['inside HTML', `<b>${secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</b>`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in URL-safe base64', Buffer.from(secret).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
  ])('blanks a secret %s', (_how, text) => {
    const cleaned = redact(`before ${text} after`, [secret]);
    expect(cleaned).toContain('[redacted]');
    expect(cleaned).not.toContain(text.slice(4, 14));
    expect(cleaned).toMatch(/^before .* after$/);
  });

  it.each(['', 'u', 'us', 'user', 'someone'])('blanks the password of a Basic header for the user "%s"', (user) => {
    const encoded = Buffer.from(`${user}:correct-horse-battery`).toString('base64');
    const cleaned = redact(`sent ${encoded} to the proxy`, ['correct-horse-battery']);
    expect(Buffer.from(cleaned.split(' ')[1] ?? '', 'base64').toString()).not.toMatch(/correct|horse|batt/);
  });

  it('blanks Bearer and Basic values that it was not told about', () => {
    expect(redact('Authorization: Bearer abc.def-123, Basic dXNlcjpwdw==', [])).toBe(
      'Authorization: Bearer [redacted], Basic [redacted]',
    );
  });

  it('blanks query parameters that are credentials by their name', () => {
    expect(redact('/x?page=2&api_key=abc&access_token=def&name=g', [])).toBe(
      '/x?page=2&api_key=[redacted]&access_token=[redacted]&name=g',
    );
  });

  it('leaves secrets of fewer than six characters, which are part of ordinary words', () => {
    const text = 'Panel "relay" could not be reached';
    expect(redact(text, ['b', 'relay', 'not'])).toBe(text);
    expect(redact('reached by abcdef', ['abcdef'])).toBe('reached by [redacted]');
  });

  it('leaves ordinary text alone', () => {
    const text = 'Panel "dcim" failed at POST /api/v3/admin/ports/{id}/disable (HTTP 500: SNMP write failed).';
    expect(redact(text, ['unrelated-token', ''])).toBe(text);
  });

  it('blanks the longer of two secrets that begin alike', () => {
    expect(redact('abcdef-longer', ['abcdef', 'abcdef-longer'])).toBe('[redacted]');
  });

  it('treats letters with a meaning in patterns as letters', () => {
    expect(redact('a.b*c(d)[e] axbxc', ['a.b*c(d)[e]'])).toBe('[redacted] axbxc');
  });
});

describe('createRedactor', () => {
  it('learns of secrets that are added later', () => {
    const secrets = ['first-secret'];
    const clean = createRedactor(secrets);
    expect(clean('first-secret second-secret')).toBe('[redacted] second-secret');
    secrets.push('second-secret');
    expect(clean('first-secret second-secret')).toBe('[redacted] [redacted]');
  });

  it('hands on to its parent', () => {
    expect(createRedactor(['one-secret'], createRedactor(['two-secret']))('one-secret two-secret')).toBe(
      '[redacted] [redacted]',
    );
  });
});
