import type { Entry } from '../use-cases/group.js';
import { type NamedEntry, listUseCases, type UseCase } from '../use-cases/index.js';
import type { Address, EndpointParts, EndpointTable } from './endpoint.js';
import { type Http, http } from './http.js';

export type {
  Address,
  Checked,
  Endpoint,
  EndpointAnswer,
  EndpointBody,
  EndpointParts,
  EndpointQuery,
  EndpointTable,
  HttpMethod,
  Reach,
  Shape,
} from './endpoint.js';
export { listEndpoints, needsKey } from './endpoint.js';
export { type LogFilter, logFilter, type StreamRoute, STREAMS } from './streams.js';

/** The endpoints of one use case, by their addresses. */
type Routed<Name extends UseCase> =
  NamedEntry<Name> extends { routes: (h: Http) => infer Routes }
    ? { [At in keyof Routes]: Routes[At] & { readonly useCase: Name } }
    : never;

type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

type Named<Group extends string> = Extract<UseCase, Group | `${Group}.${string}`>;
type All<Name extends UseCase> = Together<Name extends UseCase ? Routed<Name> : never>;

type Embedded = `GET /embedded/${string}`;

/** The endpoints of groups (`holds`), and of single use cases (`overview`), by their addresses; without those of embedded parts. */
export type GroupEndpoints<Group extends string> = Omit<All<Named<Group>>, Embedded>;

/** The endpoints with parts of the pages, for other sites that show them. */
export type EmbeddedEndpoints = Pick<All<UseCase>, Extract<keyof All<UseCase>, Embedded>>;

/** Every endpoint of the HTTP API, except its streams, by its address. */
export const ENDPOINTS: EndpointTable = Object.fromEntries(
  listUseCases().flatMap(([useCase, { routes }]: readonly [UseCase, Entry]): [Address, EndpointParts][] =>
    Object.entries(routes?.(http) ?? {}).map(([address, route]) => [address as Address, { ...route, useCase }]),
  ),
);
