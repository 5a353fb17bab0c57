import type * as z from 'zod';

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

/** What declares an endpoint of a use case: its input and answer. */
export interface Route {
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
