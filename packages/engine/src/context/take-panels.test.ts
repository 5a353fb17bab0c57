import { expect, it } from '@jest/globals';
import { LONG } from './take-panels.js';

it('waits for commands, and leaves panels to the runs that the catalogue calls long, as the log of runs names them', () => {
  expect([...LONG].sort()).toEqual(['agent check', 'hold release', 'poll', 'reconcile']);
});
