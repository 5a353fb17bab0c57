import { compareIds } from '../../base/natural-order.js';

/** Letters of Latin scripts that are more than a letter with a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ħ: 'h', ŋ: 'ng', ĸ: 'k' },
};

const LONGEST = 60;

/** Returns a name for the config made of small letters, digits, dots and hyphens; null for a text of which no letter is left. */
export function toSlug(text: string): string | null {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain
    .replace(/\p{L}/gu, (letter) => LETTERS[letter] ?? letter)
    .replace(/[^a-z0-9.]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^[-.]+|[-.]+$/g, '');
  return /[a-z]/.test(slug) ? slug : null;
}

/**
 * Returns a name of its own for each product, by its id: from its title, else `product-ID`. Of those with the same one the lowest id
 * has it, and others have their id behind it, in whatever order they are given.
 */
export function nameProducts(
  titles: ReadonlyMap<string, string | null>,
  taken: ReadonlySet<string>,
): Map<string, string> {
  const used = new Set(taken);
  const names = new Map<string, string>();
  for (const id of [...titles.keys()].sort(compareIds)) {
    const base = toSlug(titles.get(id) ?? '') ?? `product-${id}`;
    const withId = base === `product-${id}` ? base : `${base}-${id}`;
    let name = used.has(base) ? withId : base;
    for (let n = 2; used.has(name); n += 1) name = `${withId}-${n}`;
    used.add(name);
    names.set(id, name);
  }
  return names;
}
