import { type FakeResponse } from '../core/fake-response.js';
import { type FakeRequest } from '../core/fake-request.js';
import { type ListAnswers } from './answers.js';
import { notFound } from './refusals.js';
import { inside, worded, wrapped, withTextNumbers } from './wrap.js';

/** What a list is answered from. */
export interface ListSource<Item> {
  /** The list's own name, for the shape `named`. */
  readonly name: string;
  readonly items: readonly Item[];
  /** Called for the rows of the answered page only. */
  readonly row: (item: Item) => object;
}

/** One page of a list, or all of it, in the installation's wording. */
export function listAnswer<Item>(
  request: FakeRequest,
  source: ListSource<Item>,
  wording: ListAnswers<unknown>,
  baseUrl: string,
): FakeResponse {
  const { items } = source;
  const asked = wholeNumber(request.query.get('per_page')) ?? wording.perPage;
  const size = wording.paginated ? Math.min(asked, wording.maxPerPage) : Math.max(items.length, 1);
  const lastPage = Math.max(1, Math.ceil(items.length / size));
  let page = wording.paginated ? (wholeNumber(request.query.get('page')) ?? 1) : 1;
  if (page > lastPage && wording.pastTheEnd === 'not-found') return notFound('json');
  if (wording.pastTheEnd === 'repeat-last') page = Math.min(page, lastPage);
  const rows = items.slice((page - 1) * size, page * size).map((item) => worded(source.row(item), wording));

  const figures = { current_page: page, last_page: lastPage, per_page: size, total: items.length };
  const pageUrl = new URLSearchParams(request.query);
  pageUrl.set('page', String(page + 1));
  const next = page < lastPage ? `${baseUrl}${request.path}?${pageUrl.toString()}` : null;

  const path = wording.shape === 'flat' ? [] : wording.shape.split('-');
  const keys = path.map((key) => (key === 'named' ? source.name : key));
  const beside = wording.pages === 'level' ? { ...figures, next_page_url: next } : {};
  const body = inside(rows, keys, beside);
  const around = wording.pages === 'meta' || wording.pages === 'links' ? { meta: figures } : {};
  const links = wording.pages === 'links' ? { links: { next } } : {};
  const answer = Array.isArray(body) ? body : { ...(body as object), ...around, ...links };
  return { status: 200, body: (wording.numbers === 'strings' ? withTextNumbers(answer) : answer) as object };
}

/** One row by itself. */
export function singleAnswer(row: object, wording: ListAnswers<unknown>): FakeResponse {
  return { status: 200, body: wrapped(worded(row, wording), wording.single) as object };
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
