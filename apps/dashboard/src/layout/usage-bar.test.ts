import { expect, it } from '@jest/globals';
import { usageBar } from './components.js';
import { toWording } from './wording.js';

const draw = (used: number | null, allowed: number | null) => String(usageBar({ used, allowed }));

it('shows a share rounded down, and a little as less than 1 %', () => {
  expect(draw(996, 1000)).toMatch(/bar-warning.*width="99".*>99%</s);
  expect(draw(1, 1000)).toMatch(/bar-good.*width="1".*>&lt;1%</s);
  expect(draw(0, 1000)).toMatch(/width="0".*>0%</s);
  expect(draw(20_000, 1000)).toMatch(/width="100".*>over 999%</s);
});

it('shows an allowance of 0 as used up, and what is not known not at all', () => {
  expect(draw(0, 0)).toMatch(/bar-bad.*>100%</s);
  expect(usageBar({ used: null, allowed: 5 })).toBeNull();
  expect(usageBar({ used: 5, allowed: null })).toBeNull();
});

it('writes them in a language', () => {
  expect(String(usageBar({ used: 1, allowed: 1000 }, { wording: toWording('fa') }))).toContain('>کمتر از ۱٪<');
});
