import { type FakeHiddify } from './fake-hiddify.js';
import { send } from './replay-http.js';

/** What a test asks of a fake; the key is the Owner's unless another is named, `null` sends none. */
export interface Question {
  readonly key?: string | null;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Start of the URL instead of the fake's with the administrators' path. */
  readonly base?: string;
}

/** An answer as tests look at it: `json` is `undefined` when it is none. */
export interface Reply {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One call of the tests. */
export async function ask(fake: FakeHiddify, method: string, path: string, question: Question = {}): Promise<Reply> {
  const key = question.key === undefined ? fake.key : question.key;
  const answer = await send({
    method,
    url: (question.base ?? fake.url) + path,
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': 'Sluice/1.0',
      ...(key === null ? {} : { 'Hiddify-API-Key': key }),
      ...question.headers,
    },
    body: question.json === undefined ? undefined : JSON.stringify(question.json),
  });
  const json = parsed(answer.text);
  return {
    ...answer,
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
