import { SluiceError } from '@sluice/panel-kind';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from './failure.js';

/** States why a request has no route. */
export type ToRefusal = (request: FastifyRequest, reply: FastifyReply) => SluiceError;

/**
 * Watches the routes of a server. The returned function states why a request has none: there is nothing at its address, or only
 * other methods are, which `Allow` then lists.
 */
export function watchMethods(server: FastifyInstance): ToRefusal {
  const paths = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  server.addHook('onRoute', ({ method, url }) => {
    const path = paths.get(url) ?? { pattern: toPattern(url), methods: new Set() };
    paths.set(url, path);
    for (const each of [method].flat()) path.methods.add(each);
  });
  return ({ url, method }, reply) => {
    const [address = ''] = url.split('?');
    const found = [...paths.values()].filter(({ pattern }) => pattern.test(address));
    const methods = [...new Set(found.flatMap((path) => [...path.methods]))].sort();
    if (methods.length === 0) return notFound('unknown_page', 'There is nothing at this address');
    const allowed = methods.join(', ');
    reply.header('allow', allowed);
    const message = `${method} is not possible at this address; use ${allowed}`;
    return new SluiceError('method_not_allowed', message, { kind: 'usage', details: { allowed: methods } });
  };
}

/** Returns what matches the addresses of a route: `/services/:id` has one part of any text, and a slash at the end means nothing. */
function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/').replace(/\/$/, '')}/?$`);
}
