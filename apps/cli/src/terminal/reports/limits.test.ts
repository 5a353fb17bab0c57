import { expect, it } from '@jest/globals';
import type { Times } from '../times.js';
import { limitText } from './limits.js';

it('says of a limit in money what is at least used of it', () => {
  const limit = { id: 'spend', window: null, unit: 'BRL', used: '0.45', allowed: '0.50', held: false };
  const times = {} as Times;
  const text = (own: object): string => limitText({ panel: 'voice' }, { ...limit, ...own }, times);
  expect(text({})).toBe('0.45 of 0.50 BRL used');
  expect(text({ partial: true })).toBe('at least 0.45 of 0.50 BRL used');
  expect(text({ used: null })).toBe('unknown of 0.50 BRL used');
});
