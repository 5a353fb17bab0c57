import type { UnassignedEntry } from '@sluice/engine';
import { toFinder } from '@sluice/quota-core';
import { badge, pager, section, table, usageBar } from '../../layout/components.js';
import { bytes, count, counted, name, orNone, type Times } from '../../layout/format.js';
import { searchForm } from '../../layout/forms.js';
import { html, type Part } from '../../layout/html.js';
import type { Page } from '../page.js';
import { readNow } from './last-read.js';
import { panelLink } from './panels.js';
import { nothingFound, serviceLink, toNumber, toScene } from './scene.js';

const ROWS = 100;

/** Reading all users of a large panel may need this long. */
const TIMEOUT_MS = 60_000;

/** `/panels/:name/unassigned`: what the panel has that no service names; it is read now. */
export const unassignedPage: Page = async (request) => {
  const { params, query, sluice } = request;
  const panel = params.name ?? '';
  const scene = toScene(request, panel);
  const { value, notice } = await readNow(
    scene,
    ['unassigned', panel],
    (signal) => sluice.panels.unassigned(panel, { signal }),
    TIMEOUT_MS,
  );
  const path = `/panels/${encodeURIComponent(panel)}/unassigned`;
  const q = query.q ?? '';
  const isFound = toFinder(q);
  const found = (value?.entries ?? []).filter((entry) => isFound(toTexts(entry)));
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const page = Math.min(pages, toNumber(query.page, 1));
  const fields = [{ name: 'q', label: 'Id, name, client, address or state', type: 'search', value: q }] as const;
  const body = html`<p>
      What panel ${panelLink(panel)} has, and no service names. <code>sluice panel unassigned</code> lists it with what
      a service needs.
    </p>
    ${searchForm({ action: path, id: 'unassigned', submit: 'Show', fields: [...fields] })} ${notice}
    ${
      value === null
        ? null
        : section(
            'Named by no service',
            html`<p class="soft">
                ${counted(found.length, 'entry', 'entries')} of ${count(value.onPanel)} that the panel has
              </p>
              ${entriesTable(found.slice((page - 1) * ROWS, page * ROWS), scene.times, q)}
              ${pager({ path, query: { q }, page, pages })}`,
          )
    }`;
  return { title: `Named by no service of panel ${panel}`, body, timeZone: scene.times.timeZone };
};

function entriesTable(rows: readonly UnassignedEntry[], times: Times, searched: string): Part {
  return table<UnassignedEntry>({
    caption: 'What no service names',
    columns: [
      { title: 'Id', cell: ({ id }) => name(id) },
      { title: 'What', cell: ({ object }) => (object === 'did' ? 'DID' : name(object)) },
      { title: 'Name', cell: (entry) => orNone(entry.name, name) },
      { title: 'State', cell: ({ state }) => orNone(state, (word) => html`<bdi>${badge(word)}</bdi>`) },
      {
        title: 'Client',
        cell: ({ clientName, clientEmail }) => orNone(clientName ?? clientEmail, name),
        isMinor: true,
      },
      { title: 'Address', cell: ({ addresses }) => orNone(addresses.join(', ') || null, name), isMinor: true },
      { title: 'Used', cell: ({ usedBytes }) => orNone(usedBytes, bytes), isNumber: true },
      { title: 'Limit', cell: showLimit, isNumber: true },
      {
        title: 'Share',
        cell: ({ usedBytes: used, limitBytes: allowed }) => usageBar({ used, allowed }),
        isMinor: true,
      },
      { title: 'Ends', cell: ({ expiresAt }) => orNone(expiresAt, (at) => times.at(at)), isMinor: true },
      { title: 'Service before', cell: ({ endedService }) => orNone(endedService, serviceLink), isMinor: true },
    ],
    rows,
    empty: nothingFound(searched, 'There is none.'),
  });
}

function showLimit({ unlimited, limitBytes }: UnassignedEntry): Part {
  return unlimited === true ? html`<span class="soft">no limit</span>` : orNone(limitBytes, bytes);
}

/** What is shown of an entry. */
function toTexts({
  id,
  object,
  name: called,
  state,
  clientName,
  clientEmail,
  addresses,
  endedService,
}: UnassignedEntry) {
  return [id, object, called, state, clientName, clientEmail, endedService, ...addresses];
}
