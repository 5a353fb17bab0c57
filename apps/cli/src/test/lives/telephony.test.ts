import { describe } from '@jest/globals';
import { liveThrough } from './lives.js';
import { TelephonyLife } from './telephony-life.js';

describe('a random life of telephone lines', () => {
  liveThrough((random, steps) => TelephonyLife.live(random, steps));
});
