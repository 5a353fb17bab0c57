import { describe } from '@jest/globals';
import { HiddifyLife } from './hiddify-life.js';
import { liveThrough } from './lives.js';

describe('a random life on Hiddify', () => {
  liveThrough((random, steps) => HiddifyLife.live(random, steps));
});
