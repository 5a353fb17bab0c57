import { describe, expect, it } from '@jest/globals';
import { all } from '../test/test-panel.js';
import type { PageInfo } from './list-answer.js';
import { mostPages, pages } from './pages.js';

interface Item {
  id: string;
}

const silent: PageInfo = { page: null, lastPage: null, total: null, next: null };

function listRecords(answers: { ids: string[]; info?: Partial<PageInfo> }[]): {
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
  it('ends after one page that says that it is the only one', async () => {
    for (const info of [{ lastPage: 1 }, { next: 'none' }, { total: 2 }] as const) {
      const { items, asked } = listRecords([{ ids: ['1', '2'], info }]);
      expect(await ids(items)).toEqual(['1', '2']);
      expect(asked).toEqual([1]);
    }
  });

  it('asks on after a page that says nothing, until an empty one', async () => {
    const { items, asked } = listRecords([{ ids: ['1', '2'] }, { ids: ['3'] }, { ids: [] }]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('asks on after a page that says nothing, until a repeated one', async () => {
    const { items, asked } = listRecords([{ ids: ['1', '2'] }]);
    expect(await ids(items)).toEqual(['1', '2']);
    expect(asked).toEqual([1, 2]);
  });

  it('does not ask on after an empty list', async () => {
    const { items, asked } = listRecords([{ ids: [] }]);
    expect(await ids(items)).toEqual([]);
    expect(asked).toEqual([1]);
  });

  it('goes to the last page, also when the pages are smaller than asked for', async () => {
    const { items, asked } = listRecords([
      { ids: ['1'], info: { lastPage: 3 } },
      { ids: ['2'], info: { lastPage: 3 } },
      { ids: ['3'], info: { lastPage: 3 } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('follows the number of the next page', async () => {
    const { items, asked } = listRecords([
      { ids: ['1'], info: { next: 2 } },
      { ids: ['2'], info: { next: 7 } },
      { ids: ['3'], info: { next: 'none' } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2, 7]);
  });

  it('asks on while the total is not reached', async () => {
    const { items, asked } = listRecords([
      { ids: ['1', '2'], info: { total: 3 } },
      { ids: ['3'], info: { total: 3 } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2]);
  });

  it('counts an entry that a page has twice, but not one that a page repeats', async () => {
    const { items, asked } = listRecords([{ ids: ['1', '1', '2'], info: { total: 3 } }]);
    expect(await ids(items)).toEqual(['1', '2']);
    expect(asked).toEqual([1]);
    const short = listRecords([{ ids: ['1', '1', '2'], info: { total: 4 } }]);
    await expect(ids(short.items)).rejects.toThrow('its total is 4 entries, but it contains 3');
  });

  it('gives an entry that moved to the next page once', async () => {
    const { items } = listRecords([
      { ids: ['1', '2'], info: { lastPage: 2 } },
      { ids: ['2', '3'], info: { lastPage: 2 } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
  });

  it('ends at an empty page although more were named', async () => {
    const { items, asked } = listRecords([
      { ids: ['1'], info: { lastPage: 5 } },
      { ids: [], info: { lastPage: 5 } },
    ]);
    expect(await ids(items)).toEqual(['1']);
    expect(asked).toEqual([1, 2]);
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
