/** One request to a fake panel's logic. */
export interface FakeRequest {
  /** Upper case. */
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body parsed as JSON; `undefined` for an empty body. Throws `SyntaxError` when it is not JSON. */
  json(): unknown;
}
