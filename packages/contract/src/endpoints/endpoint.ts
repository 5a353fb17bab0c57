import * as z from 'zod';
import { name } from '../documents/common.js';
import type { UseCase } from '../use-cases/index.js';
import { onlyReads } from '../who-may.js';
import { pageAnswer, pageQuery } from './inputs.js';
import type { Address, HttpMethod, Reach, Route, Shape } from './route.js';

export type { Address, HttpMethod, Reach, Route, Shape } from './route.js';

/** What declares an endpoint: its use case, and its input and answer. */
export interface EndpointParts extends Route {
  /** States who may use it (`whoMay`). */
  readonly useCase: UseCase;
}

/** An endpoint of the HTTP API. */
export interface Endpoint {
  readonly address: Address;
  readonly method: HttpMethod;
  readonly path: string;
  readonly useCase: UseCase;
  readonly summary: string;
  readonly clients: Reach;
  readonly outside: boolean;
  readonly agents: boolean;
  /** Null where it has none. */
  readonly query: z.ZodObject | null;
  /** Null for `GET`; the others accept a `note`. */
  readonly body: z.ZodObject | null;
  readonly answer: z.ZodType;
  readonly list: string | null;
  readonly status: number;
  readonly once: readonly string[];
}

/** Endpoints by their addresses. */
export type EndpointTable = Readonly<Record<Address, EndpointParts>>;

/** What a shape is once it is checked. */
export type Checked<S> = S extends Shape
  ? z.output<z.ZodObject<{ -readonly [Key in keyof S]: S[Key] }>>
  : Record<string, unknown>;

/** The checked query of an endpoint, without what selects a page. */
export type EndpointQuery<Parts extends EndpointParts> = Checked<Parts['query']>;
/** The checked body of an endpoint, without the note. */
export type EndpointBody<Parts extends EndpointParts> = Checked<Parts['body']>;
/** The answer of an endpoint; of a list all of it. */
export type EndpointAnswer<Parts extends EndpointParts> = z.input<Parts['answer']>;

const NOTE = { note: z.string().max(1000).optional().describe('Why, for the log') };

/** Returns the endpoints of a table as they are served and described. */
export function listEndpoints(table: EndpointTable): Endpoint[] {
  return Object.entries(table).map(([address, parts]) => toEndpoint(address as Address, parts));
}

function toEndpoint(address: Address, parts: EndpointParts): Endpoint {
  const [method = '', path = ''] = address.split(' ');
  const { useCase, summary, query, body, list = null } = parts;
  const paged = list === null ? query : { ...pageQuery, ...query };
  return {
    ...{ address, method: method as HttpMethod, path, useCase, summary, list },
    clients: parts.clients ?? 'none',
    outside: parts.outside ?? false,
    agents: parts.agents ?? false,
    query: paged === undefined ? null : z.strictObject(paged),
    body: method === 'GET' ? null : z.strictObject({ ...body, ...NOTE }),
    answer: list === null ? parts.answer : toListAnswer(parts),
    status: parts.status ?? 200,
    once: parts.once ?? [],
  };
}

function toListAnswer({ answer, title }: EndpointParts): z.ZodType {
  const page = (answer as z.ZodObject).extend(pageAnswer);
  return title === undefined ? page : name(title, page);
}

/** Returns whether requests for an endpoint need an `Idempotency-Key`. */
export function needsKey({ method, useCase }: Pick<Endpoint, 'method' | 'useCase'>): boolean {
  return method !== 'GET' && !onlyReads(useCase);
}
