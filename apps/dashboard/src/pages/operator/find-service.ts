import { address, link, notice, section, table } from '../../layout/components.js';
import { count, name, named } from '../../layout/format.js';
import { html, type Part } from '../../layout/html.js';
import type { PageRequest } from '../../requests/page-request.js';
import { attempt } from './scene.js';

/** Services among which a person chooses; more are counted. */
const CHOICES = 20;

/** The service that a text names; `choices` in its place where it is a part of the name of several, or fits none. */
export interface FoundService {
  id: string | undefined;
  choices: Part;
}

/**
 * Returns the service of a text in a form: an id, or a part of what one is searched by (its name, its client's name or address). The
 * choices lead to `path` with the id; of a text that fits none they say so.
 */
export async function findService(
  { sluice }: PageRequest,
  text: string | undefined,
  path: string,
): Promise<FoundService> {
  if (text === undefined) return { id: undefined, choices: null };
  const { value: named } = await attempt(() => sluice.services.show(text));
  if (named !== null) return { id: text, choices: null };
  const { value } = await attempt(() => sluice.services.list({ search: text, limit: CHOICES }));
  if (value === null) return { id: text, choices: null };
  const [first] = value.services;
  if (first === undefined)
    return { id: undefined, choices: notice('warning', html`Nothing was found for “${name(text)}”: no service fits.`) };
  return value.total === 1 ? { id: first.id, choices: null } : { id: undefined, choices: toChoices(value, path) };
}

type Found = Awaited<ReturnType<PageRequest['sluice']['services']['list']>>;

function toChoices({ services, total }: Found, path: string): Part {
  const list = table({
    caption: 'Services that the text fits',
    columns: [
      {
        title: 'Service',
        cell: (one) =>
          html`${link(address(path, { service: one.id }), one.name ?? one.id)}
          ${one.name === null ? null : html` <span class="soft">${name(one.id)}</span>`}`,
      },
      { title: 'Client', cell: ({ client, clientName }) => named(clientName, client) },
      { title: 'Panel', cell: ({ panel }) => name(panel), isMinor: true },
    ],
    rows: services,
    empty: '',
  });
  const more = total > services.length ? html`<p class="soft">${count(total)} fit; the first are shown.</p>` : null;
  return section('Which service?', html`${list} ${more}`);
}
