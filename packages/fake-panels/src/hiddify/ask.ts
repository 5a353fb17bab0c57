import { type FakeHiddify } from './fake-hiddify.js';

/** One request of a test; the default key is the Owner's, `null` sends none. */
export interface Question {
  readonly key?: string | null;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Start of the URL instead of the fake's with the administrators' path. */
  readonly base?: string;
}

/** An answer for tests; `json` is `undefined` for a body that is not JSON. */
export interface Reply {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One call of the tests. */
export async function ask(fake: FakeHiddify, method: string, path: string, question: Question = {}): Promise<Reply> {
  const key = question.key === undefined ? fake.key : question.key;
  const response = await fetch((question.base ?? fake.url) + path, {
    method,
    redirect: 'manual',
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': 'Sluice/1.0',
      ...(key === null ? {} : { 'Hiddify-API-Key': key }),
      ...question.headers,
    },
    ...(question.json === undefined ? {} : { body: JSON.stringify(question.json) }),
  });
  const text = await response.text();
  const json = parsed(text);
  return {
    status: response.status,
    text,
    headers: Object.fromEntries(response.headers),
    json: typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined,
    rows: Array.isArray(json) ? (json as Record<string, unknown>[]) : [],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
