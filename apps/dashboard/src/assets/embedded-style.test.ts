import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { embeddedStyle } from './embedded-style.js';

const FILE = '../../../../integrations/whmcs/modules/servers/sluice/assets/sluice.css';

it('is the file that modules for other sites have (npm run embedded-style)', () => {
  expect(readFileSync(new URL(FILE, import.meta.url), 'utf8')).toBe(embeddedStyle());
});

it('applies to embedded parts only, in light colours', () => {
  const selectors = [...embeddedStyle().matchAll(/^ *([^@}\n][^{\n]*) \{/gm)].map(([, head = '']) => head);
  expect(selectors.length).toBeGreaterThan(80);
  const parts = selectors.flatMap((head) => head.split(/,(?![^(]*\))/).map((selector) => selector.trim()));
  expect(parts.filter((selector) => !/^\.sluice(?![\w-])/.test(selector))).toEqual([]);
  expect(embeddedStyle()).not.toMatch(/prefers-color-scheme|light dark|\.sluice a\b|\.sluice body/);
});
