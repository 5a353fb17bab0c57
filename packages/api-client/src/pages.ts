import type { paths } from './schema.js';

/** The addresses of the lists that have pages. */
export type PagedPath = {
  [Path in keyof paths]: paths[Path] extends {
    get: {
      parameters: { query?: { after?: string } };
      responses: { 200: { content: { 'application/json': { next: string | null } } } };
    };
  }
    ? Path
    : never;
}[keyof paths];

/** What a page of a list has. */
export type ListPage<Path extends PagedPath> = paths[Path]['get']['responses'][200]['content']['application/json'];

/** What a list is asked for: the keys of its query except `after`, and of its path. */
export type PageRequest<Path extends PagedPath> = {
  params?: {
    query?: Omit<NonNullable<paths[Path]['get']['parameters']['query']>, 'after'>;
    path?: paths[Path]['get']['parameters']['path'];
  };
  signal?: AbortSignal | undefined;
};

/** Size of a page where none is stated. */
const LIMIT = 500;

/** Yields the pages of a list until the last, each by the `next` of the one before. */
export async function* readPages<Page extends { next: string | null }>(
  read: (query: { limit: number; after?: string }) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  let after: string | null = null;
  do {
    const page: Page = await read({ limit: LIMIT, ...(after === null ? {} : { after }) });
    yield page;
    after = page.next;
  } while (after !== null);
}
