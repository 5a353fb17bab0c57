import { describe } from '@jest/globals';
import { EasyDcimLife } from './easydcim-life.js';
import { liveThrough } from './lives.js';

describe('a random life on EasyDCIM', () => {
  liveThrough((random, steps) => EasyDcimLife.live(random, steps));
});
