import { describe, expect, it } from '@jest/globals';
import type { PageInfo } from './list-answer.js';
import { mostPages, pages } from './pages.js';
import { all } from './test/test-panel.js';

interface Item {
  id: string;
}

const silent: PageInfo = { page: null, lastPage: null, total: null, next: null };

function listOf(
  answers: { ids: string[]; info?: Partial<PageInfo> }[],
  askOn = false,
): { items: AsyncIterable<Item>; asked: number[] } {
  const asked: number[] = [];
  const items = pages<Item>({
    askOn,
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
  it('ends after one page that says nothing', async () => {
    const { items, asked } = listOf([{ ids: ['1', '2'] }]);
    expect(await ids(items)).toEqual(['1', '2']);
    expect(asked).toEqual([1]);
  });

  it('asks on after a page that says nothing, until an empty one', async () => {
    const { items, asked } = listOf([{ ids: ['1', '2'] }, { ids: ['3'] }, { ids: [] }], true);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('asks on after a page that says nothing, until a repeated one', async () => {
    const { items, asked } = listOf([{ ids: ['1', '2'] }], true);
    expect(await ids(items)).toEqual(['1', '2']);
    expect(asked).toEqual([1, 2]);
  });

  it('does not ask on after an empty list', async () => {
    const { items, asked } = listOf([{ ids: [] }], true);
    expect(await ids(items)).toEqual([]);
    expect(asked).toEqual([1]);
  });

  it('goes to the last page, also when the pages are smaller than asked for', async () => {
    const { items, asked } = listOf([
      { ids: ['1'], info: { lastPage: 3 } },
      { ids: ['2'], info: { lastPage: 3 } },
      { ids: ['3'], info: { lastPage: 3 } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('follows the number of the next page', async () => {
    const { items, asked } = listOf([
      { ids: ['1'], info: { next: 2 } },
      { ids: ['2'], info: { next: 7 } },
      { ids: ['3'], info: { next: 'none' } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2, 7]);
  });

  it('asks on while the total is not reached', async () => {
    const { items, asked } = listOf([
      { ids: ['1', '2'], info: { total: 3 } },
      { ids: ['3'], info: { total: 3 } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
    expect(asked).toEqual([1, 2]);
  });

  it('gives an entry that moved to the next page once', async () => {
    const { items } = listOf([
      { ids: ['1', '2'], info: { lastPage: 2 } },
      { ids: ['2', '3'], info: { lastPage: 2 } },
    ]);
    expect(await ids(items)).toEqual(['1', '2', '3']);
  });

  it('ends at an empty page although more were named', async () => {
    const { items, asked } = listOf([
      { ids: ['1'], info: { lastPage: 5 } },
      { ids: [], info: { lastPage: 5 } },
    ]);
    expect(await ids(items)).toEqual(['1']);
    expect(asked).toEqual([1, 2]);
  });

  it('is an error when a panel that names more pages repeats one', async () => {
    const { items } = listOf([{ ids: ['1'], info: { lastPage: 2 } }]);
    await expect(ids(items)).rejects.toThrow('page 2 repeats what came before');
  });

  it('is an error when a panel gives less than it names', async () => {
    const { items } = listOf([
      { ids: ['1'], info: { total: 3 } },
      { ids: [], info: { total: 3 } },
    ]);
    await expect(ids(items)).rejects.toThrow('it names 3 entries and gives 1');
  });

  it('is an error when it never ends', async () => {
    let page = 0;
    const endless = pages<Item>({
      askOn: true,
      incomplete: (what) => new Error(what),
      fetch: () => Promise.resolve({ items: [{ id: String((page += 1)) }], info: silent }),
    });
    await expect(ids(endless)).rejects.toThrow(`more than ${mostPages} pages`);
    expect(page).toBe(mostPages);
  });
});
