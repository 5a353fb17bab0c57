import type { Language } from '@sluice/messages';
import type { FastifyRequest } from 'fastify';
import type { Viewer } from '../access/viewer.js';
import type { Context } from '../server/options.js';

/** Returns the language of the pages of a visitor. Staff read English. */
export function readLanguage(_context: Context, _request: FastifyRequest, _viewer: Viewer | null): Language {
  return 'en';
}
