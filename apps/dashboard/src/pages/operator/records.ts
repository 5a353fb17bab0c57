import { SluiceError } from '@sluice/panel-kind';
import { address, badge, facts, section, table } from '../layout/components.js';
import { words } from '../layout/format.js';
import { postForm, searchForm } from '../layout/forms.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page, PageRequest } from '../page.js';
import { readNow } from './last-read.js';
import { readCapabilities, requiredRefOf } from './navigation.js';
import { fieldTitle, recordFacts, type RecordScene, servicesByLine, servicesOf } from './record-values.js';
import { asTyped } from './refused.js';
import { attempt, problemNotice, toScene } from './scene.js';
import { chosenPanel } from './telephony.js';

/** Fields of a line that its page changes. */
const LINE_FIELDS = ['caller_id', 'channels', 'area_code'] as const;
/** Fields of a number that its page changes. */
const DID_FIELDS = ['destination', 'channels'] as const;

type Kind = 'lines' | 'dids';

const RESOURCES = { lines: 'subscribers', dids: 'dids' } as const;

/** Returns the page of a line or number. */
export function recordPage(kind: Kind): Page {
  return async (request) => {
    const { params, query, sluice } = request;
    const id = params.id ?? '';
    const panel = chosenPanel(request);
    const scene = toScene(request, panel ?? null);
    const { value, notice } = await readNow(scene, ['show', kind, id, panel], (signal) =>
      sluice.telephony.show(RESOURCES[kind], id, { panel, signal }),
    );
    const [record] = value?.records ?? [];
    const noun = kind === 'lines' ? 'Line' : 'DID';
    if (value === null || record === undefined) return { title: `${noun} ${id}`, body: html`${notice}` };
    const title = words(kind === 'lines' ? record.username : record.number) || id;
    const shown = { kind, id, title, panel: value.panel, record };
    const found = { panel: value.panel, times: scene.times, services: await servicesByLine(sluice, value.panel) };
    const body = html`${notice} ${factsSection(found, shown)} ${scene.mayOperate ? formsOf(request, shown) : null}`;
    return { title: `${noun} ${title}`, body, notice: query.done === 'yes' ? 'The change is stored.' : undefined };
  };
}

function factsSection(scene: RecordScene, { kind, panel, record }: Shown): Html {
  const line = words(kind === 'lines' ? record.id : record.subscriber_id);
  const [service] = scene.services.get(line) ?? [];
  const ways =
    kind === 'dids'
      ? null
      : html`<p>
          <a class="button" href="${address('/dids', { panel, line })}">DIDs</a>
          ${service === undefined ? null : html`<a class="button" href="${address('/calls', { panel, service })}">Calls of today</a>`}
          ${service === undefined ? null : html`<a class="button" href="${address('/bills', { service })}">Bills</a>`}
        </p>`;
  const shown: readonly (readonly [string, Part])[] = [
    ['Service', servicesOf(scene, line)],
    ...recordFacts(scene, record),
  ];
  return section(kind === 'lines' ? 'Line' : 'DID', html`${facts(shown)} ${ways}`);
}

interface Shown {
  kind: Kind;
  id: string;
  title: string;
  panel: string;
  record: Readonly<Record<string, unknown>>;
}

function formsOf(request: PageRequest, { kind, id, title, panel, record }: Shown): Html {
  const { csrf, newKey } = request;
  const path = `/${kind}/${encodeURIComponent(id)}`;
  const names = (kind === 'lines' ? LINE_FIELDS : DID_FIELDS).filter((field) => field in record);
  const hidden = { panel, name: title };
  const change = postForm({
    action: `${path}/set`,
    csrf,
    key: newKey(),
    id: 'set',
    submit: 'Store the change',
    hidden,
    fields: asTyped(
      request,
      'set',
      names.map((field) => ({
        name: `set_${field}`,
        label: fieldTitle(field),
        value: field === 'destination' ? destinationText(record[field]) : plain(record[field]),
        ...(field === 'destination' ? { hint: 'A number, line:ID, or none' } : {}),
      })),
    ),
  });
  const link = postForm({
    action: `${path}/link`,
    csrf,
    key: newKey(),
    id: 'link',
    submit: kind === 'lines' ? 'Link the line' : 'Link the DID',
    hidden,
    fields: asTyped(request, 'link', [
      {
        name: 'service',
        label: 'Service',
        isRequired: true,
        hint: kind === 'lines' ? 'Its line is this one from then on' : 'Its line receives the calls',
      },
    ]),
  });
  return section(
    'Actions',
    html`<div class="actions">
      ${
        names.length === 0
          ? null
          : html`<div>
              <h3>Change</h3>
              ${change}
            </div>`
      }
      <div>
        <h3>Link to a service</h3>
        ${link}
      </div>
      ${kind === 'lines' ? null : didStates(path)}
    </div>`,
  );
}

function didStates(path: string): Html {
  const forms = ['suspend', 'unsuspend', 'release'].map((verb) => {
    const submit = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}…`;
    return searchForm({ action: `${path}/${verb}`, id: verb, fields: [], submit });
  });
  return html`<div>
    <h3>State</h3>
    ${forms}
  </div>`;
}

/** Returns where calls go as the form of a number has it. */
function destinationText(destination: unknown): string {
  const { type, value } = (destination ?? {}) as { type?: unknown; value?: unknown };
  if (type === 'subscriber') return `line:${plain(value)}`;
  return type === 'number' ? plain(value) : 'none';
}

function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `POST /lines/:id/set`, `POST /dids/:id/set` */
export function recordSetForm(kind: Kind): Page {
  return async ({ params, form = {}, sluice, as }) => {
    const id = params.id ?? '';
    const panel = form.panel === '' ? undefined : form.panel;
    const fields = Object.entries(form).filter(([field]) => field.startsWith('set_'));
    const values = Object.fromEntries(fields.map(([field, value]) => [field.slice(4), value]));
    if (kind === 'lines') await sluice.telephony.set('subscribers', id, { ...as, panel, values });
    else await sluice.dids.set(form.name ?? id, { values }, { ...as, panel });
    return { redirect: back(kind, id, panel) };
  };
}

/** `POST /lines/:id/link`, `POST /dids/:id/link` */
export function recordLinkForm(kind: Kind): Page {
  return async ({ params, form = {}, sluice, as }) => {
    const id = params.id ?? '';
    const panel = form.panel === '' ? undefined : form.panel;
    const service = form.service?.trim() ?? '';
    if (kind === 'dids') {
      await sluice.dids.link(form.name ?? id, { ...as, service });
    } else {
      await readCapabilities(sluice);
      const of = (await sluice.services.show(service)).panel;
      const ref = requiredRefOf(sluice, of);
      if (ref === null) throw new SluiceError('unsupported', `Panel "${of}" has no lines`, { kind: 'unsupported' });
      await sluice.services.set(service, { [ref]: id }, as);
    }
    return { redirect: back(kind, id, panel) };
  };
}

function back(kind: Kind, id: string, panel: string | undefined): string {
  return `/${kind}/${encodeURIComponent(id)}?done=yes${panel === undefined ? '' : `&panel=${encodeURIComponent(panel)}`}`;
}

const DID_VERBS = {
  suspend: { title: 'Suspend', says: 'Calls to the number are refused until the suspension ends.' },
  unsuspend: { title: 'Unsuspend', says: 'Calls to the number are connected again.' },
  release: {
    title: 'Release',
    says: 'The number ends, or returns to the pool of the panel. Another customer may get it.',
  },
} as const;

function requireDidVerb(word: string | undefined): keyof typeof DID_VERBS {
  if (word === 'suspend' || word === 'unsuspend' || word === 'release') return word;
  throw new SluiceError('unknown_page', 'There is no such page', { kind: 'not-found' });
}

/** `GET /dids/:id/:verb`: what it would change, and a form that makes it. */
export const didVerbPage: Page = async ({ params, sluice, as, csrf, newKey, query }) => {
  const verb = requireDidVerb(params.verb);
  const id = params.id ?? '';
  const panel = query.panel;
  const number = await numberOf(sluice, id, panel);
  const { value, problem } = await attempt(() => sluice.dids[verb](number, { ...as, panel, dryRun: true }));
  const rows = value?.actions.map(({ name, state }): Part[] => [html`<bdi>${name}</bdi>`, badge(state)]) ?? [];
  const { title, says } = DID_VERBS[verb];
  const body = html`<p>${says}</p>
    ${value === null ? problemNotice(problem) : section('Changes on the panel', table({ caption: 'Changes on the panel', columns: [{ title: 'Change' }, { title: 'State' }], rows, empty: 'Nothing is changed on the panel.' }))}
    ${postForm({ action: `/dids/${encodeURIComponent(id)}/${verb}`, csrf, key: newKey(), id: verb, submit: `${title} ${number}`, tone: verb === 'unsuspend' ? 'plain' : 'danger', hidden: panel === undefined ? {} : { panel } })}
    <p><a href="/dids/${encodeURIComponent(id)}">Back to the number</a></p>`;
  return { title: `${title} ${number}`, body };
};

/** `POST /dids/:id/:verb` */
export const didVerbForm: Page = async ({ params, form = {}, sluice, as }) => {
  const verb = requireDidVerb(params.verb);
  const id = params.id ?? '';
  const { panel } = form;
  await sluice.dids[verb](await numberOf(sluice, id, panel), { ...as, panel });
  return { redirect: verb === 'release' ? '/dids' : back('dids', id, panel) };
};

async function numberOf(sluice: PageRequest['sluice'], id: string, panel: string | undefined): Promise<string> {
  const { records } = await sluice.telephony.show('dids', id, { panel });
  return words(records[0]?.number) || id;
}
