import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { byLink } from '../access/authenticate.js';
import { brandFiles } from '../assets/brand-assets.js';
import { FRAME } from '../assets/brand-style.js';
import { MANIFEST_PATH } from '../layout/brand.js';
import { toWording } from '../layout/wording.js';
import { clientError } from '../server/failure.js';
import type { Limiters } from '../server/limits.js';
import type { Context } from '../server/options.js';
import { say } from '@sluice/messages';
import { languageWithoutVisitor, readLanguage } from './language.js';
import type { Language } from '@sluice/messages';

/**
 * Adds the manifests by which telephones install pages of clients and resellers as an app. That of a share link begins at the link, so
 * that it is a secret as the link is, and no cache keeps it; that of sessions names nobody.
 */
export function addManifests(server: FastifyInstance, context: Context, limiters: Limiters): void {
  server.get(MANIFEST_PATH, async (request, reply) => {
    await limiters.files(request, reply);
    return sendManifest(context, reply, { start: '/', language: languageWithoutVisitor(context, request) });
  });
  server.get(`/share/:shareToken${MANIFEST_PATH}`, async (request, reply) => {
    const visit = await byLink(context, toToken(request));
    if (visit === null) {
      await limiters.refusals(request, reply);
      throw clientError('unknown_page', say('problem.unknownPage'), { kind: 'not-found' });
    }
    await limiters.requests(request, reply, visit.viewer);
    const language = await readLanguage(context, request, visit.viewer);
    return sendManifest(context, reply, { start: `/share/${toToken(request)}`, language });
  });
}

const toToken = ({ params }: FastifyRequest): string => (params as { shareToken: string }).shareToken;

function sendManifest(
  { sluice }: Context,
  reply: FastifyReply,
  { start, language }: { start: string; language: Language },
): FastifyReply {
  const { icons, colour } = brandFiles(sluice.config);
  const wording = toWording(language);
  const name = sluice.config.brand.name ?? wording.text('home.title');
  const manifest = {
    ...{ id: start, start_url: start, scope: start, name, short_name: name, lang: language, dir: wording.direction },
    ...{ display: 'standalone', background_color: FRAME.light.page, theme_color: colour },
    icons: icons.map(({ path: src, type, sizes, purpose }) => ({ src, type, sizes, purpose })),
  };
  return reply
    .header('cache-control', 'no-store')
    .type('application/manifest+json; charset=utf-8')
    .send(JSON.stringify(manifest));
}
