import type { RecordChange } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { address, facts, link, section } from '../../layout/components.js';
import { NONE, plain } from '../../layout/format.js';
import { postForm, searchForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { words } from '../../layout/words.js';
import type { Page, PageAnswer } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { requireDone } from '../../server/reported.js';
import { readNow } from './last-read.js';
import { readRequiredRef } from './navigation.js';
import {
  fieldTitle,
  lineHref,
  readNames,
  recordFacts,
  type RecordScene,
  servicesByLine,
  showServices,
} from './record-values.js';
import { actionsTable, attempt, given, problemNotice, toScene } from './scene.js';

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
    const panel = given(query.panel);
    const scene = toScene(request, panel);
    const { value, notice } = await readNow(scene, ['show', kind, id, panel], (signal) =>
      sluice.telephony.show(RESOURCES[kind], id, { panel, signal }),
    );
    const [record] = value?.records ?? [];
    const noun = kind === 'lines' ? 'Line' : 'DID';
    if (value === null || record === undefined)
      return { title: `${noun} ${id}`, body: html`${notice}`, timeZone: scene.times.timeZone };
    const title = words(kind === 'lines' ? record.username : record.number) || id;
    const shown = { kind, id, title, panel: value.panel, record, changeable: value.changeable };
    const found = {
      panel: value.panel,
      times: scene.times,
      names: await readNames(scene, panel, Object.keys(record)),
      services: await servicesByLine(sluice, value.panel),
    };
    const body = html`${notice} ${factsSection(found, shown)} ${scene.mayOperate ? showForms(request, shown) : null}`;
    return {
      title: `${noun} ${title}`,
      body,
      timeZone: scene.times.timeZone,
      notice: query.done === 'yes' ? 'The change is stored.' : undefined,
    };
  };
}

function factsSection(scene: RecordScene, { kind, panel, record }: Shown): Html {
  const line = words(kind === 'lines' ? record.id : record.subscriber_id);
  const service = scene.services.get(line)?.[0]?.id;
  const ways =
    kind === 'dids'
      ? null
      : html`<p>
          <a class="button" href="${address('/dids', { panel, line })}">DIDs</a>
          ${service === undefined ? null : html`<a class="button" href="${address('/calls', { panel, service })}">Calls of today</a>`}
          ${service === undefined ? null : html`<a class="button" href="${address('/bills', { service })}">Bills</a>`}
        </p>`;
  const shown = facts([['Service', showServices(scene, line)], ...recordFacts(scene, record)]);
  return section(kind === 'lines' ? 'Line' : 'DID', html`${shown} ${ways}`);
}

interface Shown {
  kind: Kind;
  id: string;
  title: string;
  panel: string;
  record: Readonly<Record<string, unknown>>;
  /** Fields that can be changed on the panel. */
  changeable: readonly string[];
}

function showForms(request: PageRequest, { kind, id, title, panel, record, changeable }: Shown): Html {
  const path = `/${kind}/${encodeURIComponent(id)}`;
  const names = (kind === 'lines' ? LINE_FIELDS : DID_FIELDS).filter((field) => changeable.includes(field));
  const hidden = { panel, name: title };
  const shown = names.map(
    (field) => [field, field === 'destination' ? destinationText(record[field]) : plain(record[field])] as const,
  );
  const change = postForm(request, {
    action: `${path}/set`,
    id: 'set',
    submit: 'Store the change',
    hidden: { ...hidden, ...Object.fromEntries(shown.map(([field, value]) => [`was_${field}`, value])) },
    fields: shown.map(([field, value]) => ({
      name: `set_${field}`,
      label: fieldTitle(field),
      value,
      ...(field === 'destination' ? { hint: 'A number, line:ID, or none' } : {}),
    })),
  });
  const hint = kind === 'lines' ? 'Its line is this one from then on' : 'Its line receives the calls';
  const link = postForm(request, {
    action: `${path}/link`,
    id: 'link',
    submit: kind === 'lines' ? 'Link the line' : 'Link the DID',
    hidden,
    fields: [{ name: 'service', label: 'Service', isRequired: true, hint }],
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
      ${kind === 'lines' ? null : didStates(path, panel)}
    </div>`,
  );
}

function didStates(path: string, panel: string): Html {
  const forms = DID_VERBS.map((verb) =>
    searchForm({ action: `${path}/${verb}`, id: verb, hidden: { panel }, submit: `${DID_WORDS[verb].title}…` }),
  );
  return html`<div>
    <h3>State</h3>
    ${forms}
  </div>`;
}

/** Returns where calls go as the form of a number has it; empty where the panel states no destination. */
function destinationText(destination: unknown): string {
  const { type, value } = (destination ?? {}) as { type?: unknown; value?: unknown };
  if (type === 'subscriber') return `line:${plain(value)}`;
  return type === 'number' ? plain(value) : plain(type);
}

/** Returns the fields whose values are not those that the form was shown with. */
function readChanged(form: Readonly<Record<string, string>>): Record<string, string> {
  const shown = Object.entries(form).filter(([name]) => name.startsWith('set_'));
  const fields = shown.map(([name, value]): [string, string] => [name.slice(4), value]);
  return Object.fromEntries(fields.filter(([field, value]) => form[`was_${field}`] !== value));
}

/** `POST /lines/:id/set`, `POST /dids/:id/set` */
export function recordSetForm(kind: Kind): Page {
  return async (request) => {
    const {
      params: { id = '' },
      form = {},
      sluice,
      as,
    } = request;
    const panel = given(form.panel);
    const values = readChanged(form);
    if (Object.keys(values).length === 0) return { redirect: address(`/${kind}/${encodeURIComponent(id)}`, { panel }) };
    if (kind === 'lines') {
      const change = await sluice.telephony.set('subscribers', id, { ...as, panel, values });
      if (change.warnings.length > 0) return warnedPage(request, change);
    } else requireDone(await sluice.dids.set(form.name ?? id, { values }, { ...as, panel }));
    return { redirect: back(kind, id, panel) };
  };
}

/** A change of a line that the panel took in part, or that does not stay: what is so now. */
function warnedPage(request: PageRequest, { panel, record, changed, differs, warnings }: RecordChange): PageAnswer {
  const taken = changed.filter((field) => !differs.includes(field));
  const shown = taken.map((field): readonly [string, Part] => [fieldTitle(field), words(record[field]) || NONE]);
  const line = lineHref(panel, plain(record['id']));
  const title = `Line ${words(record['username']) || plain(record['id'])}`;
  const body = html`${warnings.map(problemNotice)} ${taken.length === 0 ? null : section('Changed', facts(shown))}
    <p>${link(line, 'Back to the line')}</p>`;
  return { title, body, timeZone: toScene(request, panel).times.timeZone, repeat: line };
}

/** `POST /lines/:id/link`, `POST /dids/:id/link` */
export function recordLinkForm(kind: Kind): Page {
  return async ({ params: { id = '' }, form = {}, sluice, as }) => {
    const panel = given(form.panel);
    const service = form.service?.trim() ?? '';
    const { panel: of } = await sluice.services.show(service);
    // Panels number their lines alike: the same id is another line there.
    if (panel !== undefined && of !== panel)
      throw usageError('bad_option', `service: "${service}" is on panel "${of}", and this is on panel "${panel}"`);
    if (kind === 'dids') {
      requireDone(await sluice.dids.link(form.name ?? id, { ...as, service }));
    } else {
      const ref = await readRequiredRef(sluice, of);
      if (ref === null) throw new SluiceError('unsupported', `Panel "${of}" has no lines`, { kind: 'unsupported' });
      await sluice.services.set(service, { [ref]: id }, as);
    }
    return { redirect: back(kind, id, panel) };
  };
}

function back(kind: Kind, id: string, panel: string | undefined): string {
  return address(`/${kind}/${encodeURIComponent(id)}`, { done: 'yes', panel });
}

/** What can be done to a number after it was asked for. */
export const DID_VERBS = ['suspend', 'unsuspend', 'release'] as const;
type DidVerb = (typeof DID_VERBS)[number];

const DID_WORDS: Readonly<Record<DidVerb, { title: string; says: string }>> = {
  suspend: { title: 'Suspend', says: 'Calls to the number are refused until the suspension ends.' },
  unsuspend: { title: 'Unsuspend', says: 'Calls to the number are connected again.' },
  release: {
    title: 'Release',
    says: 'The number ends, or returns to the pool of the panel. Another customer may get it.',
  },
};

/** `GET /dids/:id/VERB`: what it would change, and a form that makes it. */
export function didVerbPage(verb: DidVerb): Page {
  return async (request) => {
    const { params, sluice, as, query, refused } = request;
    const id = params.id ?? '';
    const { panel } = query;
    const number = await readNumber(sluice, id, panel);
    const preview = { ...as, panel, dryRun: true };
    const { value, problem } = await attempt(async () =>
      refused === undefined ? requireDone(await sluice.dids[verb](number, preview)) : null,
    );
    const { title, says } = DID_WORDS[verb];
    const form = postForm(request, {
      action: `/dids/${encodeURIComponent(id)}/${verb}`,
      id: verb,
      submit: `${title} ${number}`,
      tone: verb === 'unsuspend' ? 'plain' : 'danger',
      hidden: panel === undefined ? {} : { panel },
    });
    const body = html`<p>${says}</p>
      ${problem === null ? null : problemNotice(problem)}
      ${value === null ? null : section('Changes on the panel', actionsTable(value.actions))} ${form}
      <p><a href="${address(`/dids/${encodeURIComponent(id)}`, { panel })}">Back to the number</a></p>`;
    return { title: `${title} ${number}`, body, timeZone: toScene(request, panel).times.timeZone };
  };
}

/** `POST /dids/:id/VERB` */
export function didVerbForm(verb: DidVerb): Page {
  return async ({ params: { id = '' }, form = {}, sluice, as }) => {
    const { panel } = form;
    requireDone(await sluice.dids[verb](await readNumber(sluice, id, panel), { ...as, panel }));
    return { redirect: verb === 'release' ? '/dids' : back('dids', id, panel) };
  };
}

async function readNumber(sluice: PageRequest['sluice'], id: string, panel: string | undefined): Promise<string> {
  const { records } = await sluice.telephony.show('dids', id, { panel });
  return words(records[0]?.number) || id;
}
