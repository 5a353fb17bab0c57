import { describe, expect, it } from '@jest/globals';
import { all } from '../test/test-panel.js';
import type { PageInfo } from './list-answer.js';
import { mostPages, pages } from './pages.js';

interface Item {
  id: string;
}

const silent: PageInfo = { page: null, lastPage: null, total: null, next: null };

interface Page {
  ids: string[];
  info?: Partial<PageInfo>;
}

function listRecords(answers: Page[]): {
  items: AsyncIterable<Item>;
  asked: number[];
} {
  const asked: number[] = [];
  const items = pages<Item>({
    incomplete: (what) => new Error(what),
    fetch: (page) => {
      asked.push(page);
      const { ids, info } = answers[Math.min(asked.length, answers.length) - 1]!;
      return Promise.resolve({ items: ids.map((id) => ({ id })), info: { ...silent, ...info } });
    },
  });
  return { items, asked };
}

const ids = async (items: AsyncIterable<Item>): Promise<string[]> => (await all(items)).map((item) => item.id);

describe('pages', () => {
  it.each([{ lastPage: 1 }, { next: 'none' }, { total: 2 }] as const)(
    'ends after one page that says that it is the only one: %j',
    async (info) => {
      const { items, asked } = listRecords([{ ids: ['1', '2'], info }]);
      expect(await ids(items)).toEqual(['1', '2']);
      expect(asked).toEqual([1]);
    },
  );

  it.each<[string, Page[], string[], number[]]>([
    [
      'asks on after a page that says nothing, until an empty one',
      [{ ids: ['1', '2'] }, { ids: ['3'] }, { ids: [] }],
      ['1', '2', '3'],
      [1, 2, 3],
    ],
    ['asks on after a page that says nothing, until a repeated one', [{ ids: ['1', '2'] }], ['1', '2'], [1, 2]],
    ['does not ask on after an empty list', [{ ids: [] }], [], [1]],
    [
      'goes to the last page, also when the pages are smaller than asked for',
      ['1', '2', '3'].map((id) => ({ ids: [id], info: { lastPage: 3 } })),
      ['1', '2', '3'],
      [1, 2, 3],
    ],
    [
      'follows the number of the next page',
      ([2, 7, 'none'] as const).map((next, index) => ({ ids: [`${index}`], info: { next } })),
      ['0', '1', '2'],
      [1, 2, 7],
    ],
    [
      'asks on while the total is not reached',
      [['1', '2'], ['3']].map((entries) => ({ ids: entries, info: { total: 3 } })),
      ['1', '2', '3'],
      [1, 2],
    ],
    [
      'gives an entry that moved to the next page once',
      [
        ['1', '2'],
        ['2', '3'],
      ].map((entries) => ({ ids: entries, info: { lastPage: 2 } })),
      ['1', '2', '3'],
      [1, 2],
    ],
    [
      'ends at an empty page although more were named',
      [['1'], []].map((entries) => ({ ids: entries, info: { lastPage: 5 } })),
      ['1'],
      [1, 2],
    ],
  ])('%s', async (_what, answers, expected, pageNumbers) => {
    const { items, asked } = listRecords(answers);
    expect(await ids(items)).toEqual(expected);
    expect(asked).toEqual(pageNumbers);
  });

  it('counts an entry that a page has twice, but not one that a page repeats', async () => {
    const { items, asked } = listRecords([{ ids: ['1', '1', '2'], info: { total: 3 } }]);
    expect(await ids(items)).toEqual(['1', '2']);
    expect(asked).toEqual([1]);
    const short = listRecords([{ ids: ['1', '1', '2'], info: { total: 4 } }]);
    await expect(ids(short.items)).rejects.toThrow('its total is 4 entries, but it contains 3');
  });

  it('is an error when a panel that names more pages repeats one', async () => {
    const { items } = listRecords([{ ids: ['1'], info: { lastPage: 2 } }]);
    await expect(ids(items)).rejects.toThrow('page 2 repeats earlier entries');
  });

  it('is an error when a panel gives less than it names', async () => {
    const { items } = listRecords([
      { ids: ['1'], info: { total: 3 } },
      { ids: [], info: { total: 3 } },
    ]);
    await expect(ids(items)).rejects.toThrow('its total is 3 entries, but it contains 1');
  });

  it.each([{ lastPage: 3 }, { next: 2 }, { total: 3 }])(
    'is an error when it begins empty and names more: %j',
    async (info) => {
      const { items } = listRecords([{ ids: [], info }]);
      await expect(ids(items)).rejects.toThrow(/its total is 3 entries|it has page numbers/);
    },
  );

  it('is empty when the panel says so', async () => {
    for (const info of [{ lastPage: 1, total: 0 }, { next: 'none' }, { total: 0 }] as const) {
      expect(await ids(listRecords([{ ids: [], info }]).items)).toEqual([]);
    }
  });

  it('says which pages it only guesses', async () => {
    const guesses: boolean[] = [];
    const answers: PageInfo[] = [silent, { ...silent, lastPage: 3 }, { ...silent, lastPage: 3 }];
    const list = pages<Item>({
      incomplete: (what) => new Error(what),
      fetch: (page, guessed) => {
        guesses.push(guessed);
        return Promise.resolve({ items: [{ id: String(page) }], info: answers[page - 1]! });
      },
    });
    expect(await ids(list)).toEqual(['1', '2', '3']);
    expect(guesses).toEqual([false, true, false]);
  });

  it('is an error when it never ends', async () => {
    let page = 0;
    const endless = pages<Item>({
      incomplete: (what) => new Error(what),
      fetch: () => Promise.resolve({ items: [{ id: String((page += 1)) }], info: silent }),
    });
    await expect(ids(endless)).rejects.toThrow(`more than ${mostPages} pages`);
    expect(page).toBe(mostPages);
  });
});
