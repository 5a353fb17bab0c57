import type { FastifyInstance } from 'fastify';
import { brandFiles } from '../assets/brand-assets.js';
import type { Limiters } from '../server/limits.js';
import { notFound } from '../server/failure.js';
import type { Context } from '../server/options.js';

/** An SVG that is opened by itself is a document: no script in it runs, and it loads nothing but what is in it. */
const OF_IMAGES = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

/** Adds the files of the provider's brand, as the config of now states them. */
export function addBrand(server: FastifyInstance, { sluice }: Context, limiters: Limiters): void {
  server.get('/brand/:file', async (request, reply) => {
    await limiters.files(request, reply);
    const { logo, style, icons, touchIcon } = brandFiles(sluice.config);
    const { file } = request.params as { file: string };
    const found = [logo, style, touchIcon, ...icons].find((each) => each?.path === `/brand/${file}`);
    if (found == null) throw notFound('unknown_page', 'There is no such page');
    if (found.isImage) reply.header('content-security-policy', OF_IMAGES);
    return reply.header('cache-control', 'public, max-age=31536000, immutable').type(found.type).send(found.body);
  });
}
