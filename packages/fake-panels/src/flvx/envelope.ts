/** A request as the FLVX fake reads it; the fake server's own request fits it. */
export interface FlvxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer of the FLVX fake. `cut` means that the panel did all of its work, but too late: the connection ends without an answer. */
export interface FlvxAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly cut?: boolean;
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON as the panel writes it: `< > &` escaped, a newline at the end (docs/panels/flvx.md, 1.2). */
export function encodeJson(value: unknown): string {
  return `${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (sign) => escapes[sign] ?? sign)}\n`;
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };

/** A JSON answer outside the envelope. */
export function plainJson(value: unknown, headers: Readonly<Record<string, string>> = jsonHeaders): FlvxAnswer {
  return { status: 200, headers, body: encodeJson(value) };
}

/** A text answer. */
export function plainText(status: number, body: string): FlvxAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** The envelope of a success; without `data` the key is absent, not null. `ts` in Unix milliseconds. */
export function success(ts: number, data?: unknown): FlvxAnswer {
  return plainJson({ code: 0, msg: '操作成功', ts, ...(data === undefined ? {} : { data }) });
}

/** The envelope of a failure, HTTP 200 like a success. `ts` in Unix milliseconds. */
export function failure(ts: number, code: number, msg: string): FlvxAnswer {
  return plainJson({ code, msg, ts });
}
