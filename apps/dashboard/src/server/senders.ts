import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { toNetwork } from './networks.js';

/** Credentials whose senders are remembered. */
const MOST = 10_000;

/** Who a valid token, session or link is of. */
interface Owner {
  id: string;
  client: string | null;
  agent?: string | null;
}

/**
 * Who sends requests. Nothing is read from the store before the turn of a request, so that its sender is the one that its credentials
 * were of when they were valid last. All others are known by their network.
 */
export class Senders {
  readonly #known = new Map<string, string>();

  find(request: FastifyRequest): string {
    const key = toKey(request);
    const who = key === null ? undefined : this.#known.get(key);
    if (key === null || who === undefined) return `network ${toNetwork(request.ip)}`;
    this.#keep(key, who);
    return who;
  }

  /** Remembers the owner of valid credentials; returns who sends the request. */
  remember(request: FastifyRequest, { id, client, agent = null }: Owner): string {
    const outsider = agent === null ? `client ${client ?? ''}` : `agent ${agent}`;
    const who = client === null && agent === null ? `token ${id}` : outsider;
    const key = toKey(request);
    if (key !== null) this.#keep(key, who);
    return who;
  }

  /** Forgets credentials that are not valid any more. */
  forget(request: FastifyRequest): void {
    const key = toKey(request);
    if (key !== null) this.#known.delete(key);
  }

  /** The credentials that were used longest ago are forgotten first. */
  #keep(key: string, who: string): void {
    this.#known.delete(key);
    this.#known.set(key, who);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Returns what is the same for requests with the same credentials, without their secrets; null for none. */
function toKey({ headers, url }: FastifyRequest): string | null {
  const { authorization, cookie } = headers;
  const link = /^\/share\/[^/?]+/.exec(url)?.[0];
  if (authorization === undefined && cookie === undefined && link === undefined) return null;
  return createHash('sha256')
    .update(JSON.stringify([authorization, cookie, link]))
    .digest('base64');
}
