import { expect, it } from '@jest/globals';
import { describeService, nameInText } from './describe-service.js';

const paris = { id: 'svc-1', name: 'Web server Paris' };

it('calls a service by its name, with its id behind', () => {
  expect(describeService(paris)).toBe('Web server Paris (svc-1)');
  expect(describeService({ id: 'svc-1', name: null })).toBe('svc-1');
  expect(describeService({ id: 'svc-1' })).toBe('svc-1');
});

it.each([
  ['svc-1 is held', 'Web server Paris (svc-1) is held'],
  ['svc-1: a hold ended', 'Web server Paris (svc-1): a hold ended'],
  ["svc-1's cycle", "Web server Paris (svc-1)'s cycle"],
  ['There is no account of "svc-1" or "svc-1"', 'There is no account of Web server Paris (svc-1) or "svc-1"'],
  ['svc-10 is held', 'svc-10 is held'],
  ['svc-1.a is held', 'svc-1.a is held'],
  ['the hold of svc-1', 'the hold of svc-1'],
])('%s: %s', (text, named) => {
  expect(nameInText(text, paris)).toBe(named);
});

it('is not confused by what is special in patterns', () => {
  expect(nameInText('"1" is held', { id: '1', name: '$& $1' })).toBe('$& $1 (1) is held');
  expect(nameInText('svc-1 is held', { id: 'svc-1', name: null })).toBe('svc-1 is held');
});
