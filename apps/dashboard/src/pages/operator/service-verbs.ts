import type { CommandReport, ServiceDetail } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { badge, section, table } from '../layout/components.js';
import { bytes, money, name, NONE, Times } from '../layout/format.js';
import { postForm } from '../layout/forms.js';
import { html, type Html, type Part } from '../layout/html.js';
import type { Page, PageRequest } from '../page.js';
import { findAsked } from '../asked-purchase.js';
import { attempt, problemNotice, serviceHref, serviceLink } from './scene.js';
import { findZone } from './zones.js';

type Fields = Readonly<Record<string, string>>;

/** A command about a service that is shown before it is made. */
interface Verb {
  title: (id: string) => string;
  /** What it does, in one sentence. */
  says: string;
  /** Fields that the preview passes on. */
  fields: readonly string[];
  run: (request: PageRequest, id: string, call: { fields: Fields; dryRun: boolean }) => Promise<CommandReport>;
}

const text = (fields: Fields, name: string): string | undefined => {
  const value = fields[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
};

const VERBS: Readonly<Record<string, Verb>> = {
  suspend: {
    title: (id) => `Suspend ${id}`,
    says: 'The service is restricted on its panel until the suspension ends.',
    fields: ['note'],
    run: ({ sluice, as }, id, { fields, dryRun }) =>
      sluice.provision.suspend(id, { ...as, dryRun, note: text(fields, 'note') ?? null }),
  },
  unsuspend: {
    title: (id) => `End the suspension of ${id}`,
    says: 'What was restricted for the suspension is undone, as far as no other hold needs it.',
    fields: [],
    run: ({ sluice, as }, id, { dryRun }) => sluice.provision.unsuspend(id, { ...as, dryRun }),
  },
  hold: {
    title: (id) => `Hold ${id}`,
    says: 'The service is restricted on its panel until an operator releases it.',
    fields: ['note'],
    run: ({ sluice, as }, id, { fields, dryRun }) =>
      sluice.holds.add(id, { ...as, dryRun, note: text(fields, 'note') ?? null }),
  },
  release: {
    title: (id) => `Release ${id}`,
    says: 'Without a date, the manual hold ends. With one, the holds of its quota and limits are lifted until that day.',
    fields: ['until'],
    run: ({ sluice, as }, id, { fields, dryRun }) => {
      const until = text(fields, 'until');
      return sluice.holds.release(id, { ...as, dryRun, ...(until === undefined ? {} : { until }) });
    },
  },
  renew: {
    title: (id) => `Renew ${id}`,
    says: 'The due date moves to this day, or by one billing cycle.',
    fields: ['until'],
    run: ({ sluice, as }, id, { fields, dryRun }) =>
      sluice.provision.renew(id, { ...as, dryRun, until: text(fields, 'until') }),
  },
  'change-package': {
    title: (id) => `Change the product of ${id}`,
    says: 'The service and its account move to another product of the panel.',
    fields: ['product'],
    run: ({ sluice, as }, id, { fields, dryRun }) =>
      sluice.provision.changePackage(id, text(fields, 'product') ?? '', { ...as, dryRun }),
  },
};

/** The verbs that `/services/:id/:verb` shows before they are made. */
export const SERVICE_VERBS = Object.keys(VERBS);

function requireVerb({ params }: PageRequest): { id: string; word: string; verb: Verb } {
  const { id = '', verb: word = '' } = params;
  const verb = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (verb === undefined) throw new SluiceError('unknown_page', 'There is no such page', { kind: 'not-found' });
  return { id, word, verb };
}

/** `GET /services/:id/:verb`: what it would change, and a form that makes it. */
export const verbPage: Page = async (request) => {
  const { id, word, verb } = requireVerb(request);
  const fields = Object.fromEntries(verb.fields.map((name) => [name, request.query[name] ?? '']));
  const { value: report, problem } = await attempt(() => verb.run(request, id, { fields, dryRun: true }));
  const danger = word === 'suspend' || word === 'hold' || word === 'change-package';
  const stated = Object.entries(fields).filter(([, value]) => value !== '');
  const body = html`<p>${verb.says}</p>
    ${stated.length === 0 ? null : html`<p>${stated.map(([name, value]) => html`<span class="soft">${name}:</span> <bdi>${value}</bdi> `)}</p>`}
    ${report === null ? problemNotice(problem) : html`${differences(request, await request.sluice.services.show(id), report.service)} ${preview(report)}`}
    ${postForm({
      action: `${serviceHref(id)}/${word}`,
      csrf: request.csrf,
      key: request.newKey(),
      id: word,
      submit: report === null ? 'Try it anyway' : verb.title(id),
      tone: danger ? 'danger' : 'plain',
      hidden: fields,
    })}
    <p><a href="${serviceHref(id)}">Back to the service</a></p>`;
  return { title: verb.title(id), body };
};

/** `POST /services/:id/:verb` */
export const verbForm: Page = async (request) => {
  const { id, word, verb } = requireVerb(request);
  const report = await verb.run(request, id, { fields: request.form ?? {}, dryRun: false });
  const failed =
    report.service.error !== null ||
    report.error !== undefined ||
    report.actions.some(({ state }) => state === 'failed');
  if (!failed && report.notices.length === 0) return { redirect: `${serviceHref(id)}?done=${word}` };
  const body = html`${preview(report)}
    <p>${serviceLink(id)}</p>`;
  return { title: verb.title(id), body };
};

function preview({ actions, notices, stillHeld, error, service }: CommandReport): Html {
  const problems = [error, service.error].filter((each) => each != null);
  const rows = actions.map(({ name, state }): Part[] => [html`<bdi>${name}</bdi>`, badge(state)]);
  return html`${problems.map(({ message }) => problemNotice(message))}
  ${notices.map(({ message }) => html`<p class="notice notice-info" role="status"><span dir="auto">${message}</span></p>`)}
  ${section(
    'Changes on the panel',
    html`${table({ caption: 'Changes on the panel', columns: [{ title: 'Change' }, { title: 'State' }], rows, empty: 'Nothing is changed on the panel.' })}
    ${stillHeld.length === 0 ? null : html`<p class="soft">Held afterwards: ${stillHeld.join(', ')}</p>`}`,
  )}`;
}

/** What changes in Sluice: the due date, the product and its quota. */
function differences({ now, sluice }: PageRequest, before: ServiceDetail, after: ServiceDetail): Part {
  const times = new Times(now, findZone(sluice.config, before.panel));
  const day = (date: string | null): Part => (date === null ? NONE : times.day(date));
  const quota = (found: ServiceDetail['quota']): Part =>
    found === null ? 'no quota' : found.bytes === null ? 'unlimited' : bytes(found.bytes);
  const isRenewed = before.nextDueDate !== after.nextDueDate;
  const rows: (Part[] | null)[] = [
    isRenewed ? ['Due date', day(before.nextDueDate), day(after.nextDueDate)] : null,
    before.product === after.product ? null : ['Product', name(before.product), name(after.product)],
    before.quota?.bytes === after.quota?.bytes ? null : ['Quota', quota(before.quota), quota(after.quota)],
  ];
  const shown = rows.filter((row) => row !== null);
  if (shown.length === 0) return null;
  const columns = [{ title: 'What' }, { title: 'Now' }, { title: 'Afterwards' }];
  const isPast = isRenewed && (after.nextDueDate ?? '') < times.today();
  return html`${isPast ? problemNotice(`${times.day(after.nextDueDate ?? '')} is in the past: the service is overdue at once.`) : null}
  ${section('Changes of the service', table({ caption: 'Changes of the service', columns, rows: shown, empty: '' }))}`;
}

/** `GET /services/:id/buy`: the price before the purchase. */
export const buyPage: Page = async (request) => {
  const { params, query, sluice, csrf } = request;
  const id = params.id ?? '';
  const detail = await sluice.services.show(id);
  const { packages } = await sluice.purchases.packages();
  const chosen = packages.find((each) => each.id === query.package && each.products.includes(detail.product));
  if (chosen === undefined)
    throw new SluiceError('package_not_offered', `The product of "${id}" does not offer this package`);
  const asked = await findAsked(request, id, (key) => key);
  if ('redirect' in asked) return asked.redirect;
  const body = html`<p>
      Buy <bdi>${chosen.id}</bdi> for ${serviceLink(id)}: ${money(chosen.price, chosen.currency)} without tax, charged
      to client ${name(detail.client)}.
    </p>
    ${detail.client === null ? problemNotice('The service has no client, so nobody can be charged.') : 'made' in asked ? asked.made : postForm({ action: `${serviceHref(id)}/buy`, csrf, key: asked.key, id: 'buy', submit: `Buy ${chosen.id}`, hidden: { package: chosen.id } })}
    <p><a href="${serviceHref(id)}">Back to the service</a></p>`;
  return { title: `Buy ${chosen.id}`, body };
};

/** `POST /services/:id/buy`: the key of the form is the purchase's own, so that it is made once. */
export const buyForm: Page = async ({ params, form = {}, sluice, as }) => {
  const id = params.id ?? '';
  const { package: chosen = '', key } = form;
  await sluice.purchases.create(id, chosen, { ...as, ...(key === undefined ? {} : { ref: key }) });
  return { redirect: `${serviceHref(id)}?done=buy` };
};
