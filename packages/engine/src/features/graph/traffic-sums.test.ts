import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addShares, toBar, toSums } from './traffic-sums.js';

const HOUR = 3_600_000;
const DIRECTIONS = ['inBytes', 'outBytes', 'totalBytes'] as const;

/** What a service has in a bar, in and out; null where nothing is known. */
const share = fc.option(fc.double({ min: 0, max: 1e14, noNaN: true }), { nil: null });

it('are those of the groups, to the byte, whatever is known of them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(share, share, fc.nat(5)), { maxLength: 40 }), (services) => {
      const bounds = [0, HOUR];
      const groups = Array.from({ length: 6 }, () => toSums(bounds));
      const all = toSums(bounds);
      for (const [inward, outward, group] of services) {
        const total = inward === null || outward === null ? null : inward + outward;
        const shares = [inward, outward, total].map((bytes) => [{ bytes: bytes ?? 0, ms: bytes === null ? 0 : HOUR }]);
        for (const sums of [all, groups[group] ?? []]) addShares(sums, { shares, bounds, since: 0 });
      }
      const [whole] = all;
      if (whole === undefined) throw new Error('no sum');
      const bar = toBar(whole, groups.flat(), [0, HOUR]);
      const alone = toBar(whole, [], [0, HOUR]);
      for (const direction of DIRECTIONS) {
        const parts = bar.parts.flatMap((part) => part[direction] ?? []);
        expect(parts.every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0)).toBe(true);
        expect(bar[direction]).toBe(alone[direction]);
        if (bar[direction] !== null) expect(parts.reduce((sum, bytes) => sum + bytes, 0)).toBe(bar[direction]);
        // A group without a figure has no part.
        for (const [group, part] of bar.parts.entries())
          if (services.every(([, , of]) => of !== group)) expect(part[direction]).toBeNull();
      }
    }),
  );
});
