import { expect, it } from '@jest/globals';
import { canonicalDocument, documentSpellings, isSameDocument } from './index.js';

it.each([
  ['123.456.789-09', '12345678909', ['12345678909', '123.456.789-09']],
  ['12345678909', '12345678909', ['12345678909', '123.456.789-09']],
  ['11.222.333/0001-81', '11222333000181', ['11222333000181', '11.222.333/0001-81']],
  ['12.abc.345/01de-35', '12ABC34501DE35', ['12ABC34501DE35', '12.ABC.345/01DE-35']],
  [' PT 123-456 ', 'PT 123-456', ['PT 123-456', 'PT123456']],
  ['X1', 'X1', ['X1']],
])('the document %s has a form without punctuation and the usual spellings', (text, canonical, spellings) => {
  expect(canonicalDocument(text)).toBe(canonical);
  expect(documentSpellings(text)).toEqual(spellings);
  for (const spelling of spellings) expect(isSameDocument(text, spelling)).toBe(true);
});

it('documents are not the same where one of them is missing, or has no letter or digit', () => {
  expect([isSameDocument('1', '2'), isSameDocument(null, '1'), isSameDocument(null, null)]).toEqual(
    Array(3).fill(false),
  );
  expect([isSameDocument('-', '-'), canonicalDocument('-'), canonicalDocument('')]).toEqual([false, null, null]);
});
