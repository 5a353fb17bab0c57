import type { Page } from 'playwright-core';

/** How a list looks on the screen: of a stacked one every cell stands below the one before, after the name of its column. */
export interface MeasuredList {
  /** Whether it can be moved sideways. */
  readonly moves: boolean;
  /** How many different names of columns its cells have before them. */
  readonly heads: number;
  /** Cells without one. */
  readonly empty: number;
  /** Links that sort it and can be seen. */
  readonly links: number;
  /** How many different places cells start and end at. */
  readonly columns: number;
}

// As text: it runs in the browser, whose types are not those of the tests.
const MEASURE = `[...document.querySelectorAll('.scroll')].map((list) => {
  const isSeen = (each) => each.getClientRects().length > 0;
  const heads = [...list.querySelectorAll('tbody td')].filter(isSeen)
    .map((cell) => getComputedStyle(cell, '::before').content.split('"')[1] ?? '');
  const places = [...list.querySelectorAll('tbody th, tbody td')].map((cell) => {
    const { left, right } = cell.getBoundingClientRect();
    return [Math.round(left), Math.round(right)].join();
  });
  return {
    moves: list.scrollWidth > list.clientWidth,
    heads: new Set(heads).size,
    empty: heads.filter((head) => head === '').length,
    links: [...list.querySelectorAll('thead a')].filter(isSeen).length,
    columns: new Set(places).size,
  };
})`;

/** Measures every list of a page, in the order of the page. */
export const measureLists = (page: Page): Promise<MeasuredList[]> => page.evaluate(MEASURE);

/** Whether the whole page can be moved sideways. */
export const isWiderThanScreen = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
