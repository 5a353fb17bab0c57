import { expect, it } from '@jest/globals';
import { describeBound, readBounds } from './describe-period.js';

it.each(['2026-11-01T00:00:00-03:00', '2026-11-20T09:00:00-03:00', '2026-11-20T09:27:05-03:00'])(
  'the bound %s is read from its text',
  (local) => {
    const zone = 'America/Sao_Paulo';
    expect(readBounds(`Calls from ${describeBound(local, zone)} on`, zone)).toEqual([local]);
  },
);

it('an hour that comes twice is two bounds, one that is left out none', () => {
  expect(readBounds('2026-10-25 02:30', 'Europe/Berlin')).toEqual([
    '2026-10-25T02:30:00+02:00',
    '2026-10-25T02:30:00+01:00',
  ]);
  expect(readBounds('2026-03-29 02:30, 2026-02-30, 12026-11-01', 'Europe/Berlin')).toEqual([]);
});
