import createFetchClient, { type Client, type Middleware } from 'openapi-fetch';
import { followEvents, type RunEvent } from './events.js';
import { toApiError, toRedirected, toUnreachable, toUnreadable } from './error.js';
import { type PagedPath, type ListPage, type PageRequest, readPages } from './pages.js';
import type { paths } from './schema.js';

/** Options of `createSluiceApi`. */
export interface SluiceApiOptions {
  /** Where `sluice serve` is reached: `https://sluice.example.com`. */
  url: string;
  /** An API token. */
  token: string;
  /** Default: the global one. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Returns a new `Idempotency-Key`; default a random UUID. */
  newKey?: (() => string) | undefined;
}

/** The HTTP API: one typed method per HTTP method, and the events of runs. */
export interface SluiceApi extends Pick<Client<paths>, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'> {
  /**
   * Returns the pages of a list, each read when the one before is used up; `limit` is their size, by default 500.
   *
   * @throws SluiceApiError
   *
   * @example
   * for await (const { services } of api.pages('/services', { params: { query: { status: 'held' } } })) show(services);
   */
  pages<Path extends PagedPath>(
    path: Path,
    request?: PageRequest<Path>,
  ): AsyncGenerator<ListPage<Path>, void, undefined>;
  /**
   * Returns the events of a run as they come; the last is `report` or `failure`.
   *
   * @throws SluiceApiError for a run that is unknown
   */
  events(run: string, options?: { signal?: AbortSignal | undefined }): AsyncGenerator<RunEvent, void, undefined>;
}

/**
 * Creates a client of the HTTP API. Every method rejects with a `SluiceApiError` for an answer that is an error. A request that
 * changes something gets an `Idempotency-Key`; pass your own in `params.header` to send a request again after a lost answer.
 *
 * @example
 * const api = createSluiceApi({ url: 'https://sluice.example.com', token });
 * const { data } = await api.GET('/services', { params: { query: { client: '42' } } });
 */
export function createSluiceApi({ url, token, fetch: send, newKey = randomKey }: SluiceApiOptions): SluiceApi {
  const baseUrl = `${url.replace(/\/+$/, '')}/api/v1`;
  const headers = { authorization: `Bearer ${token}` };
  const reach = reaching(send ?? ((request: Request) => fetch(request)), baseUrl);
  // A redirect would send the body, which may have a password, elsewhere, or turn a change into a reading.
  const client = createFetchClient<paths>({ baseUrl, headers, redirect: 'manual', fetch: reach });
  client.use(keyed(newKey), refusing);
  const { GET, POST, PUT, PATCH, DELETE } = client;
  return {
    ...{ GET, POST, PUT, PATCH, DELETE },
    pages: (path, { params, signal } = {}) =>
      readPages(async (page) => {
        const query = { ...page, ...params?.query, ...('after' in page ? { after: page.after } : {}) };
        const init = { params: { path: params?.path, query }, ...(signal === undefined ? {} : { signal }) };
        const { data } = await (GET as (of: string, how: object) => Promise<{ data: unknown }>)(path, init);
        return data as ListPage<typeof path>;
      }),
    events: (run, { signal } = {}) => {
      const address = `${baseUrl}/runs/${encodeURIComponent(run)}/events`;
      return followEvents(() =>
        reach(new Request(address, { headers, redirect: 'manual', ...(signal === undefined ? {} : { signal }) })),
      );
    },
  };
}

/** Returns a `fetch` that rejects with a `SluiceApiError` where the server can't be reached, or sends elsewhere. */
function reaching(send: (request: Request) => Promise<Response>, baseUrl: string) {
  return async (request: Request): Promise<Response> => {
    const response = await send(request).catch((error: unknown) => {
      if (request.signal.aborted) throw error;
      throw toUnreachable(baseUrl, error);
    });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400))
      throw toRedirected(baseUrl, response);
    return response;
  };
}

function randomKey(): string {
  return crypto.randomUUID();
}

function keyed(newKey: () => string): Middleware {
  return {
    onRequest: ({ request }) => {
      if (request.method !== 'GET' && !request.headers.has('idempotency-key'))
        request.headers.set('idempotency-key', newKey());
      return request;
    },
  };
}

const refusing: Middleware = {
  onResponse: async ({ response, options: { parseAs } }) => {
    if (!response.ok) throw await toApiError(response);
    if (parseAs !== 'json' || response.status === 204) return undefined;
    // Read once: the body may be cut, and only that which is JSON is passed on.
    const text = await response.text().catch(() => null);
    if (text === null || !isJson(text)) throw toUnreadable(response);
    const { status, statusText, headers } = response;
    return new Response(text, { status, statusText, headers });
  },
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return text === '';
  }
}
