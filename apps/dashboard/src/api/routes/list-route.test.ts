import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toPage } from './list-route.js';

type Page = { rows: { id: string }[]; total: number; next: string | null };
const page = (ids: readonly string[], limit: number, after?: string): Page =>
  toPage(
    ids.map((id) => ({ id })),
    'rows',
    { limit, after },
  ) as unknown as Page;

describe('pages of a list', () => {
  it('have each row once, whatever their size', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.integer({ min: 1, max: 12 }), (ids, limit) => {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const { rows, total, next } = page(ids, limit, after);
          expect([total, rows.length <= limit]).toEqual([ids.length, true]);
          seen.push(...rows.map(({ id }) => id));
          after = next ?? undefined;
        } while (after !== undefined);
        expect(seen).toEqual(ids);
      }),
    );
  });

  it('continue where rows came or went meanwhile', () => {
    const { next } = page(['a', 'b', 'c', 'd'], 2);
    expect(page(['new', 'a', 'b', 'c', 'd'], 9, next ?? '').rows).toEqual([{ id: 'c' }, { id: 'd' }]);
    expect(page(['a', 'c', 'd'], 9, next ?? '').rows).toEqual([{ id: 'd' }]);
    expect(page([], 9, next ?? '')).toEqual({ rows: [], total: 0, next: null });
  });

  it('refuse what is not a cursor', () => {
    expect(() => page(['a'], 1, 'a')).toThrow('begin without it');
  });
});
