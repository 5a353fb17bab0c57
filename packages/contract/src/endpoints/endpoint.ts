import * as z from 'zod';
import { count, name, textOrNull } from '../documents/common.js';
import type { UseCase } from '../use-cases.js';
import { onlyReads } from '../who-may.js';

/**
 * What a token of one client reaches: `service`: endpoints whose parameter `service` is one of its services; `client`: endpoints whose
 * parameter `client` is it; `own`: only what is the client's is answered; `none`: nothing.
 */
export type Reach = 'service' | 'client' | 'own' | 'none';

/** The keys of a query, a body or an answer. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** The HTTP methods that endpoints have. */
export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** A method and a path below `/api/v1`, with parameters such as `/services/:service`. */
export type Address = `${HttpMethod} /${string}`;

/** What declares an endpoint: the use case that it calls, and its input and answer. */
export interface EndpointParts {
  /** States who may use it (`whoMay`). */
  readonly useCase: UseCase;
  readonly summary: string;
  /** Default `none`. */
  readonly clients?: Reach;
  /** Whether it calls a telephony system, panel or billing system: that of a client is bounded as on pages. */
  readonly outside?: boolean;
  /** Whether the answer names agents, whose uuids only operators read whole. */
  readonly agents?: boolean;
  readonly query?: Shape;
  readonly body?: Shape;
  readonly answer: z.ZodType;
  /** The key of the answer that has the list, where all or a page of it can be asked for. */
  readonly list?: string;
  /** The name of the answer with the list, in the OpenAPI document. */
  readonly title?: string;
  /** Default 200. */
  readonly status?: number;
  /** What the answer shows once (`token`, `access.links`): a repeated request gets null in its place, or an empty list. */
  readonly once?: readonly string[];
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

/** The keys of a query that select a page of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(10_000).optional().describe('At most so many; default all'),
  after: z.string().min(1).max(2000).optional().describe('The `next` of the page before, with the other keys as there'),
};

/** What the answer with a page of a list states. */
export const pageAnswer = {
  total: count.describe('Number of all that match'),
  next: textOrNull.describe('The `after` of the next page; null on the last'),
};

/** Declares endpoints; their types state what a handler of each gets and answers. */
export function endpoints<const Table extends EndpointTable>(table: Table): Table {
  return table;
}

/** Returns the endpoints of a table as they are served and described. */
export function listEndpoints(table: EndpointTable): Endpoint[] {
  return Object.entries(table).map(([address, parts]) => toEndpoint(address as Address, parts));
}

function toEndpoint(address: Address, parts: EndpointParts): Endpoint {
  const [method = '', path = ''] = address.split(' ');
  const { useCase, summary, query, body, list = null } = parts;
  const paged = list === null ? query : { ...query, ...pageQuery };
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
