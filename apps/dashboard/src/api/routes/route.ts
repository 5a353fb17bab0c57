import { onlyReads, type UseCase } from '@sluice/contract';
import * as z from 'zod';
import type { ApiCall } from '../../requests/api-call.js';

/**
 * What a token of one client reaches: `service`: routes whose parameter `service` is one of its services; `client`: routes whose
 * parameter `client` is it; `own`: the route itself returns only what is the client's; `none`: nothing.
 */
export type Reach = 'service' | 'client' | 'own' | 'none';

/** One route of the HTTP API. */
export interface ApiRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, with parameters such as `/services/:service`. */
  path: string;
  clients: Reach;
  /** The use case of the engine, which states who may use the route (`whoMay`). */
  useCase: UseCase;
  summary: string;
  /** Whether it calls a telephony system or panel: that of a client is bounded as on pages (`PanelReads`). */
  outside: boolean;
  query: z.ZodObject | null;
  body: z.ZodObject | null;
  answer: z.ZodType;
  /** Whether the answer names agents, whose uuids only operators read whole (`withoutKeys`). */
  agents: boolean;
  status: number;
  handle: (call: ApiCall) => Promise<unknown>;
  /** Returns the answer as it is stored for repeats, without what is shown once. */
  stored?: (answer: unknown) => unknown;
}

/** Returns whether requests for a route need an `Idempotency-Key`. */
export function needsKey({ method, useCase }: Pick<ApiRoute, 'method' | 'useCase'>): boolean {
  return method !== 'GET' && !onlyReads(useCase);
}

/** The keys of a query, a body or an answer. */
export type Shape = Record<string, z.ZodType>;
type Output<S extends Shape> = z.output<z.ZodObject<S>>;

type Named = Pick<ApiRoute, 'useCase' | 'summary'> &
  Partial<Pick<ApiRoute, 'clients' | 'status' | 'outside' | 'agents'>>;

/** What declares a route. */
export interface RouteParts<Query extends Shape, Body extends Shape, Answer extends z.ZodType> extends Named {
  query?: Query;
  body?: Body;
  answer: Answer;
  handle: (call: ApiCall<Output<Query>, Output<Body>>) => Promise<z.input<Answer>>;
  stored?: (answer: z.input<Answer>) => unknown;
}

const NOTE = { note: z.string().max(1000).optional().describe('Why, for the log') };

/** Declares a route: `GET /services`. Routes that change something accept a `note`. */
export function route<
  Answer extends z.ZodType,
  Query extends Shape = object & Shape,
  Body extends Shape = object & Shape,
>(address: `${ApiRoute['method']} /${string}`, parts: RouteParts<Query, Body, Answer>): ApiRoute {
  const [method = '', path = ''] = address.split(' ');
  const changes = method !== 'GET';
  const { clients = 'none', query, body, status = 200, outside = false, agents = false, handle, stored } = parts;
  return {
    method: method as ApiRoute['method'],
    path,
    clients,
    useCase: parts.useCase,
    summary: parts.summary,
    outside,
    agents,
    query: query === undefined ? null : z.strictObject(query),
    body: changes ? z.strictObject({ ...body, ...NOTE }) : null,
    answer: parts.answer,
    status,
    handle: handle as unknown as ApiRoute['handle'],
    ...(stored === undefined ? {} : { stored: stored as (answer: unknown) => unknown }),
  };
}
