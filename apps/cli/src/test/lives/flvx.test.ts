import { describe } from '@jest/globals';
import { FlvxLife } from './flvx-life.js';
import { liveThrough } from './lives.js';

describe('a random life on FLVX', () => {
  liveThrough((random, steps) => FlvxLife.live(random, steps));
});
