import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { takeTurns } from './turns.js';

it('those that nobody waits for any more have no turn', async () => {
  const turn = takeTurns();
  const begun: string[] = [];
  const ask = (name: string, who: string, isOver = false) => void turn(who, () => isOver).then(() => begun.push(name));
  for (let n = 0; n < 50; n++) ask(`gone-${n}`, 'one', true);
  ask('a', 'one');
  ask('gone', 'gone', true);
  ask('x', 'two');
  ask('b', 'one');
  for (let n = 0; n < 3; n++) await setImmediate();
  expect(begun).toEqual(['a', 'x', 'b']);
  ask('gone again', 'gone', true);
  await setImmediate();
  ask('c', 'one');
  await setImmediate();
  expect(begun.at(-1)).toBe('c');
});
