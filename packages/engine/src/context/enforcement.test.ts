import { describe, expect, it } from '@jest/globals';
import { describeEnforcement, Enforcements } from './enforcement.js';

const since = '2026-11-20T12:00:00.000Z';

describe('the enforcement of a panel in words', () => {
  const describeWith = (actor: string | null): string => {
    const switched = { panel: 'dcim', product: null, enforce: 'observe' as const, since, actor };
    const config = { panels: {}, products: {}, enforce: 'on' as const };
    return describeEnforcement(new Enforcements(config, [switched]).ofPanel('dcim'));
  };

  it('names who set a switch, and that an earlier version did', () => {
    expect(describeWith('alice')).toBe(`observe, set with a command since ${since} by alice`);
    expect(describeWith(null)).toBe(`observe, set with a command since ${since} by an earlier version`);
  });
});
