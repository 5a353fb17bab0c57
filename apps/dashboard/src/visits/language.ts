import { chooseLanguage, type Language, LANGUAGE_NAMES, LANGUAGES, toLanguage } from '@sluice/messages/languages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../access/viewer.js';
import { address } from '../layout/components.js';
import type { NavItem } from '../layout/layout.js';
import type { Context } from '../server/options.js';
import { toOutsider } from '../server/outsider.js';

const COOKIE = 'sluice-language';
const YEAR_SECONDS = 365 * 86_400;

/**
 * Returns the language of the pages of a visitor: of staff English; of others that which they chose, else the client's own, else by config
 * and browser.
 */
export async function readLanguage(
  context: Context,
  request: FastifyRequest,
  viewer: Viewer | null,
): Promise<Language> {
  if (viewer !== null && toOutsider(viewer) === null) return 'en';
  const isChosen = readChosen(request) !== null || toLanguage(readCookie(request)) !== null;
  const own = isChosen || viewer?.client == null ? null : await readClientLanguage(context, viewer.client);
  return languageWithoutVisitor(context, request, own);
}

/** Returns the language of a page whose visitor is not known; `client` is that of a client. */
export function languageWithoutVisitor(
  context: Context,
  request: FastifyRequest,
  client: Language | null = null,
): Language {
  return chooseLanguage({
    chosen: readChosen(request) ?? readCookie(request),
    client,
    config: context.sluice.config.serve.language,
    browser: request.headers['accept-language'],
  });
}

/** Returns what the services of a client state as its language; null where none does, and where the store can't be asked. */
async function readClientLanguage({ sluice }: Context, client: string): Promise<Language | null> {
  try {
    return await sluice.services.language(client);
  } catch {
    // What follows says so, in the language that is left.
    return null;
  }
}

/** Remembers the language that the address of a page names, as the links of the switch do. */
export function rememberLanguage({ secure }: Context, request: FastifyRequest, reply: FastifyReply): void {
  const chosen = readChosen(request);
  if (chosen === null || chosen === toLanguage(readCookie(request))) return;
  reply.setCookie(COOKIE, chosen, { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: YEAR_SECONDS });
}

/** Requests that no route was searched for have no cookies. */
function readCookie({ cookies }: Partial<Pick<FastifyRequest, 'cookies'>>): string | undefined {
  return cookies?.[COOKIE];
}

function readChosen({ query }: FastifyRequest): Language | null {
  const { language } = (query ?? {}) as { language?: unknown };
  return typeof language === 'string' ? toLanguage(language) : null;
}

/** Returns the links to a page in each language; of a form's answer, to the page that the form stands on. */
export function toLanguageLinks(
  { base, path }: { base: string; path: string },
  query: Readonly<Record<string, string>>,
  isForm: boolean,
): (NavItem & { language: Language })[] {
  const page = isForm ? path.replace(/(\/(?:services|users)\/[^/]+)\/.*$/, '$1') : path;
  const kept = isForm ? {} : query;
  const to = `${base}${page}` === '' ? '/' : `${base}${page}`;
  return LANGUAGES.map((language) => ({
    language,
    text: LANGUAGE_NAMES[language],
    href: address(to, { ...kept, language }),
  }));
}
