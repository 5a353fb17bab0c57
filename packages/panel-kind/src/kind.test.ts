import { expect, it } from '@jest/globals';
import { maskedUrl } from './kind.js';

it.each([
  [false, 'https://admin:S3cret@x.example.com/api', 'https://x.example.com/api'],
  [false, 'https://S3cret@x.example.com/api', 'https://x.example.com/api'],
  [false, 'https://X.example.com/api/', 'https://X.example.com/api/'],
  [true, 'https://admin:S3cret@x.example.com/S3cret', 'https://x.example.com/***/'],
])('shows an address without what is secret (secretPath: %s): %s', (secretPath, url, shown) => {
  expect(maskedUrl({ secretPath }, url)).toBe(shown);
});
