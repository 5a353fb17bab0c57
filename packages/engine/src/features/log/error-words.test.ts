import { expect, it } from '@jest/globals';
import { describeRunError } from './error-words.js';

it.each([
  ['PANEL_SERVER_ERROR: Panel "relay" answered 503.\nLook at its log', 'Panel "relay" answered 503.\nLook at its log'],
  ['mass_change: dcim: 6 of 9 services would be held', 'dcim: 6 of 9 services would be held'],
  ['PANEL_SERVER_ERROR', 'panel server error'],
  ['mass_change', 'the brake stopped it'],
])('describes the error %j of a run', (error, words) => {
  expect(describeRunError(error)).toBe(words);
});
