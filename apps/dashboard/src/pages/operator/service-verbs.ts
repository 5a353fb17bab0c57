import type { CommandReport, ServiceDetail, Sluice } from '@sluice/engine';
import { describeRefused, describeRefusedOne } from '@sluice/engine/words';
import { SluiceError } from '@sluice/panel-kind';
import { reportedError } from '../../server/reported.js';
import { listed, section, table } from '../../layout/components.js';
import { bytes, money, name, orNone } from '../../layout/format.js';
import { type Field, postForm, searchForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { reasonWords } from '../../layout/words.js';
import type { Page } from '../page.js';
import { agreedFields, readAgreed } from '../agreed-price.js';
import { toNetPrice } from '../package-columns.js';
import { effectNotices } from '../package-effect.js';
import type { PageRequest } from '../../requests/page-request.js';
import { findPending, pendingNotice } from '../purchase-state.js';
import { findAsked } from '../asked-purchase.js';
import { toTimes, toZone } from '../../layout/page-times.js';
import { ENGLISH } from '../../layout/wording.js';
import { actionsTable, attempt, given, problemNotice, serviceHref, serviceLink } from './scene.js';

/** A command about a service that is shown before it is made. */
interface Verb {
  title: (id: string) => string;
  /** What it does, in one sentence. */
  says: string;
  /** Fields that the preview passes on. */
  fields: readonly string[];
  /** `how`: options of the call, with a note. */
  run: (sluice: Sluice, id: string, how: How, fields: Fields) => Promise<CommandReport>;
}

type How = PageRequest['as'] & { dryRun: boolean; note: string | null };
type Fields = Readonly<Partial<Record<string, string>>>;

/** The fields that verbs read; a product is chosen on the page of the service. */
const FIELDS: Readonly<Record<string, Field>> = {
  note: { name: 'note', label: 'Note', hint: 'Kept in the log' },
  until: { name: 'until', label: 'Until', type: 'date' },
};

const VERBS = {
  suspend: {
    title: (id) => `Suspend ${id}`,
    says: 'The service is restricted on its panel until the suspension ends.',
    fields: ['note'],
    run: ({ provision }, id, how) => provision.suspend(id, how),
  },
  unsuspend: {
    title: (id) => `End the suspension of ${id}`,
    says: 'What was restricted for the suspension is undone, as far as no other hold needs it. Of a service from a billing system, that lasts until the next sync: record the payment there.',
    fields: [],
    run: ({ provision }, id, how) => provision.unsuspend(id, how),
  },
  hold: {
    title: (id) => `Hold ${id}`,
    says: 'The service is restricted on its panel until an operator releases it.',
    fields: ['note'],
    run: ({ holds }, id, how) => holds.add(id, how),
  },
  release: {
    title: (id) => `Release ${id}`,
    says: 'Without a date, the manual hold ends. With one, the holds of its quota and limits are lifted until that day.',
    fields: ['until'],
    run: ({ holds }, id, how, { until }) => holds.release(id, { ...how, until }),
  },
  renew: {
    title: (id) => `Renew ${id}`,
    says: 'The due date moves to this day, or by one billing cycle.',
    fields: ['until'],
    run: ({ provision }, id, how, { until }) => provision.renew(id, { ...how, until }),
  },
  'change-package': {
    title: (id) => `Change the product of ${id}`,
    says: 'The service and its account move to another product of the panel.',
    fields: ['product'],
    run: ({ provision }, id, how, { product = '' }) => provision.changePackage(id, product, how),
  },
} satisfies Record<string, Verb>;

/** The word of a command in addresses. */
export type VerbWord = keyof typeof VERBS;

/** The verbs that `/services/:id/VERB` shows before they are made. */
export const SERVICE_VERBS = Object.keys(VERBS) as VerbWord[];

/** Runs a command with the fields of its form that were filled in. */
function runVerb({ sluice, as }: PageRequest, id: string, verb: Verb, of: { fields: Fields; dryRun: boolean }) {
  const fields = Object.fromEntries(verb.fields.map((field) => [field, given(of.fields[field])]));
  return verb.run(sluice, id, { ...as, dryRun: of.dryRun, note: fields.note ?? null }, fields);
}

/** `GET /services/:id/VERB`: what it would change, and a form that makes it. */
export function verbPage(word: VerbWord): Page {
  const verb: Verb = VERBS[word];
  return async (request) => {
    const { params, sluice, refused } = request;
    const id = params.id ?? '';
    const typed = refused?.values ?? request.query;
    const fields = Object.fromEntries(verb.fields.map((name) => [name, typed[name] ?? '']));
    const {
      value: report,
      problem,
      canRepeat,
    } = await attempt(() => runVerb(request, id, verb, { fields, dryRun: true }));
    const isDangerous = word === 'suspend' || word === 'hold' || word === 'change-package';
    const stated = Object.entries(fields).filter(([, value]) => value !== '');
    const form =
      report === null && !canRepeat
        ? null
        : postForm(request, {
            action: `${serviceHref(id)}/${word}`,
            id: word,
            submit: report === null ? 'Try it anyway' : verb.title(id),
            tone: isDangerous ? 'danger' : 'plain',
            hidden: fields,
          });
    const why = refused?.message ?? problem;
    const again = why === null ? null : againForm(id, word, { values: fields, message: why });
    const body = html`<p>${verb.says}</p>
      ${stated.length === 0 ? null : html`<p>${stated.map(([name, value]) => html`<span class="soft">${name}:</span> <bdi>${value}</bdi> `)}</p>`}
      ${again ?? (why === null ? null : problemNotice(why))}
      ${report === null ? null : html`${differences(request, await sluice.services.show(id), report.service)} ${preview(report)}`}
      ${form}
      <p><a href="${serviceHref(id)}">Back to the service</a></p>`;
    const { panel } = await sluice.services.show(id);
    return { title: verb.title(id), body, timeZone: toZone(request, panel) };
  };
}

/** The fields of a command that was refused, with why; null where it has none to correct. */
function againForm(
  id: string,
  word: VerbWord,
  { values, message }: { values: Record<string, string>; message: string },
): Part {
  const fields = VERBS[word].fields.map((name) => FIELDS[name]).filter((field) => field !== undefined);
  if (fields.length === 0) return null;
  const form = `${word}-again`;
  const refused = { form, values, message };
  return searchForm({ action: `${serviceHref(id)}/${word}`, id: form, fields, submit: 'Try again…', refused });
}

/** `POST /services/:id/VERB` */
export function verbForm(word: VerbWord): Page {
  const verb: Verb = VERBS[word];
  return async (request) => {
    const { form: fields = {}, sluice } = request;
    const id = request.params.id ?? '';
    const before = word === 'release' ? await sluice.services.show(id) : null;
    const report = await runVerb(request, id, verb, { fields, dryRun: false });
    const { service, actions, notices } = report;
    const hasFailed = reportedError(report) !== null || actions.some(({ state }) => state === 'failed');
    const done = `${serviceHref(id)}?done=${before === null ? word : released(before, report, fields)}`;
    if (!hasFailed && notices.length === 0) return { redirect: done };
    const body = html`${preview(report)}
      <p>${serviceLink(id)}</p>`;
    // What failed on the panel may be tried again, but each renewal adds a period.
    const repeat = hasFailed ? (word === 'renew' ? serviceHref(id) : undefined) : done;
    return { title: verb.title(id), body, timeZone: toZone(request, service.panel), repeat };
  };
}

/** Returns the word for what a release did: there may have been no hold, or another one stays. */
function released(before: ServiceDetail, { service, stillHeld }: CommandReport, { until }: Fields): string {
  if (given(until) !== undefined) return 'release-until';
  const left = new Set(service.holds.map(({ reason }) => reason));
  if (before.holds.every(({ reason }) => left.has(reason))) return 'release-none';
  return stillHeld.length === 0 ? 'release' : 'release-held';
}

function preview({ actions, notices, stillHeld, error, service }: CommandReport): Html {
  const problems = [error, service.error].filter((each) => each != null);
  return html`${problems.map(({ message }) => problemNotice(message))}
  ${notices.map(({ message }) => html`<p class="notice notice-info" role="status"><span dir="auto">${message}</span></p>`)}
  ${section(
    'Changes on the panel',
    html`${actionsTable(actions)}
    ${stillHeld.length === 0 ? null : html`<p class="soft">Held afterwards: ${listed(stillHeld.map(reasonWords))}</p>`}`,
  )}`;
}

/** What changes in Sluice: the due date, the product and its quota. */
function differences(request: PageRequest, before: ServiceDetail, after: ServiceDetail): Part {
  const times = toTimes(request, before.panel);
  const day = (date: string | null): Part => orNone(date, (known) => times.day(known));
  const quota = (found: ServiceDetail['quota']): Part =>
    found === null ? 'no quota' : found.bytes === null ? 'unlimited' : bytes(found.bytes);
  const isRenewed = before.nextDueDate !== after.nextDueDate;
  const rows: ([what: string, now: Part, afterwards: Part] | null)[] = [
    isRenewed ? ['Due date', day(before.nextDueDate), day(after.nextDueDate)] : null,
    before.product === after.product ? null : ['Product', name(before.product), name(after.product)],
    before.quota?.bytes === after.quota?.bytes ? null : ['Quota', quota(before.quota), quota(after.quota)],
  ];
  const shown = rows.filter((row) => row !== null);
  if (shown.length === 0) return null;
  const list = table({
    caption: 'Changes of the service',
    columns: [
      { title: 'What', cell: ([what]) => what },
      { title: 'Now', cell: ([, now]) => now },
      { title: 'Afterwards', cell: ([, , afterwards]) => afterwards },
    ],
    rows: shown,
  });
  const isPast = isRenewed && (after.nextDueDate ?? '') < times.today();
  return html`${isPast ? problemNotice(`${times.day(after.nextDueDate ?? '')} is in the past.`) : null}
  ${section('Changes of the service', list)}`;
}

/** `GET /services/:id/buy`: the price before the purchase. */
export const buyPage: Page = async (request) => {
  const { params, query, sluice } = request;
  const id = params.id ?? '';
  const detail = await sluice.services.show(id);
  const { packages } = await sluice.purchases.packages({ client: detail.client, service: id });
  const chosen = packages.find((each) => each.id === query.package);
  if (chosen === undefined)
    throw new SluiceError('package_not_offered', `The product of "${id}" does not offer this package`);
  const asked = await findAsked(request, id, (key) => key);
  if ('redirect' in asked) return asked.redirect;
  const pending = findPending(detail, chosen.id);
  const refused = describeRefused(packages) ?? describeRefusedOne(chosen, packages);
  const body = html`${'made' in asked || pending === null ? null : pendingNotice(pending, { ...request, wording: ENGLISH }, ' Below you order another one.')}
    <p>
      Buy <bdi>${chosen.name}</bdi> for ${serviceLink(id)}:
      ${toNetPrice(chosen, ENGLISH)}${chosen.taxed && chosen.lastCharged !== null ? html` (${money(chosen.lastCharged, chosen.currency)} on the client’s last invoice for it)` : null},
      charged to client ${name(detail.client)}.
    </p>
    ${'made' in asked ? null : effectNotices(chosen, packages)}
    ${'made' in asked ? asked.made : refused !== null ? problemNotice(refused) : chosen.refused !== undefined ? null : postForm(request, { action: `${serviceHref(id)}/buy`, key: asked.key, id: 'buy', submit: pending === null ? `Buy ${chosen.name}` : `Buy another one: ${chosen.name}`, hidden: { package: chosen.id, ...agreedFields(chosen) } })}
    <p><a href="${serviceHref(id)}">Back to the service</a></p>`;
  return { title: `Buy ${chosen.name}`, body, timeZone: toZone(request, detail.panel) };
};

/** `POST /services/:id/buy`: the key of the form is the purchase's own, so that it is made once. */
export const buyForm: Page = async ({ params: { id = '' }, form = {}, sluice, as }) => {
  const { package: chosen = '', key } = form;
  const { purchase, error } = await sluice.purchases.create(id, chosen, {
    ...as,
    ...(key === undefined ? {} : { ref: key }),
    agreed: readAgreed(form),
  });
  // One whose form is sent again may have ended since.
  if (error === null) return { redirect: `${serviceHref(id)}?done=purchase&purchase=${purchase.id}` };
  const body = html`<p>The package was bought, but the panel does not have all of it yet:</p>
    ${problemNotice(error.message)}
    <p>${serviceLink(id)}</p>`;
  return { title: `Buy ${purchase.package}`, body, repeat: `${serviceHref(id)}?done=buy-unfinished` };
};
