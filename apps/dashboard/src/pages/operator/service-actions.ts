import type { PackageView, ServiceDetail } from '@sluice/engine';
import { describeRefused } from '@sluice/engine/words';
import { formatBytes } from '@sluice/quota-core';
import { section } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { packageLabel } from '../purchase-state.js';
import { type Field, postForm, searchForm } from '../../layout/forms.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import { toChoices } from '../../layout/words.js';
import { ENGLISH } from '../../layout/wording.js';
import { hasCapability } from '../capabilities.js';
import { hasEnded } from '../lifecycle.js';
import type { Page } from '../page.js';
import { readRestrictions } from './navigation.js';
import { runButtons } from './runs.js';
import { attempt, given, type Scene, serviceHref } from './scene.js';
import type { VerbWord } from './service-verbs.js';
import type { ServiceScene } from './service.js';

const NOTE: Field = { name: 'note', label: 'Note', hint: 'Kept in the log' };

/** The forms of an operator on the page of a service. */
export async function actionsSection(scene: ServiceScene): Promise<Html> {
  const { request, found } = scene;
  const { service } = found;
  if (hasEnded(service)) return endedSection(scene);
  const isSuspended = service.lifecycle === 'suspended';
  const isManual =
    service.holds.some(({ reason, releasing }) => reason === 'manual' && releasing !== true) && !service.observing;
  const products = Object.entries(request.sluice.config.products).filter(([, { panel }]) => panel === service.panel);
  const { packages: offered } = await request.sluice.purchases.packages({ service: service.id });
  // What the engine refuses of a service that is not active yet is not offered.
  const isPending = service.lifecycle === 'pending';
  const needsAccount =
    isPending && !scene.hasAccount && (await hasCapability(request.sluice, service.panel, 'accounts'));
  const parts = [
    isPending ? html`<p>The service is pending: holds and packages are for active services.</p>` : null,
    needsAccount
      ? null
      : isSuspended
        ? asked(service, 'unsuspend', 'End the suspension', [])
        : asked(service, 'suspend', 'Suspend', [NOTE]),
    isManual || isPending ? null : asked(service, 'hold', 'Add a hold', [NOTE]),
    isPending
      ? null
      : asked(service, 'release', 'Release', [
          {
            name: 'until',
            label: 'Until',
            type: 'date',
            hint: 'Lifts all its limits, the quota too; empty ends the manual hold',
          },
        ]),
    service.billingCycle === null || needsAccount
      ? null
      : asked(service, 'renew', 'Renew', [
          { name: 'until', label: 'Due on', type: 'date', hint: 'Empty: one billing cycle' },
        ]),
    products.length < 2 || needsAccount
      ? null
      : asked(service, 'change-package', 'Change the product', [
          {
            name: 'product',
            label: 'Product',
            value: service.product,
            choices: products.map(([name]) => name),
          },
        ]),
    isPending ? null : buyPart(service, offered),
    scene.isLine ? null : await overridePart(scene, service),
    await autoBuyPart(scene, service, offered),
  ];
  return section(
    'Actions',
    html`${runButtons(request, { panel: null, service: service.id })}
      <div class="actions">${parts.map((part) => (part === null ? null : html`<div>${part}</div>`))}</div>`,
    { id: 'actions' },
  );
}

/** Of a service that has ended only what is left can be undone. */
function endedSection({ request, found: { service } }: ServiceScene): Html {
  const left = service.holds.length === 0 ? null : asked(service, 'release', 'Release', []);
  return section(
    'Actions',
    html`${runButtons(request, { panel: null, service: service.id })}
      <p>The service has ended: nothing can be sold, suspended or changed any more.</p>
      ${left}`,
    { id: 'actions' },
  );
}

/** A form that leads to the page that asks. */
function asked({ id }: ServiceDetail, verb: VerbWord, title: string, fields: readonly Field[]): Html {
  return html`<h3>${title}</h3>
    ${searchForm({ action: `${serviceHref(id)}/${verb}`, id: verb, fields, submit: `${title}…` })}`;
}

function buyPart(service: ServiceDetail, offered: readonly PackageView[]): Part {
  if (offered.length === 0) return null;
  const refused = describeRefused(offered);
  if (refused !== null)
    return html`<h3>Buy a package</h3>
      <p>${refused}</p>`;
  const choices = offered.map((each) => [each.id, packageLabel(each, service, ENGLISH)] as const);
  return html`<h3>Buy a package</h3>
    ${searchForm({ action: `${serviceHref(service.id)}/buy`, id: 'buy', fields: [{ name: 'package', label: 'Package', choices }], submit: 'Buy…' })}`;
}

async function overridePart({ request }: Scene, { id, panel, overrides }: ServiceDetail): Promise<Html> {
  const restrictions = await readRestrictions(request.sluice, panel);
  const fields: Field[] = [
    { name: 'quota', label: 'Quota', hint: 'Such as 500GB' },
    { name: 'unlimited', label: 'Unlimited', type: 'checkbox', value: overrides?.unlimited === true ? 'yes' : '' },
    { name: 'mode', label: 'Mode', choices: [['', 'unchanged'], 'IN', 'OUT', 'TOTAL'] },
    { name: 'action', label: 'Action', choices: [['', 'unchanged'], ...toChoices(restrictions)] },
    NOTE,
  ];
  const clear =
    overrides === null
      ? null
      : postForm(request, {
          action: `${serviceHref(id)}/override/clear`,
          id: 'override-clear',
          submit: 'End the override',
        });
  return html`<h3>Override</h3>
    ${postForm(request, { action: `${serviceHref(id)}/override`, id: 'override', fields, submit: 'Set the override' })}${clear}`;
}

async function autoBuyPart(
  { request }: Scene,
  { id, panel }: ServiceDetail,
  offered: readonly PackageView[],
): Promise<Part> {
  if (offered.length === 0) return null;
  const { value: found } = await attempt(() => request.sluice.autoBuy.show({ service: id }));
  if (found === null) return null;
  const { autoBuy } = found;
  const fields: Field[] = [
    {
      name: 'enabled',
      label: 'Auto-buy',
      value: autoBuy.enabled ? 'yes' : 'no',
      choices: [
        ['yes', 'on'],
        ['no', 'off'],
      ],
    },
    {
      name: 'package',
      label: 'Package',
      value: autoBuy.package ?? '',
      choices: [['', 'unchanged'], ...offered.map((each) => [each.id, each.name] as const)],
    },
    {
      name: 'threshold',
      label: 'When less remains than',
      hint: `Now ${/^\d+$/.test(autoBuy.threshold) ? formatBytes(Number(autoBuy.threshold)) : autoBuy.threshold}; such as 10GB or 10%`,
    },
    { name: 'maxPerCycle', label: 'At most per cycle', type: 'number', value: String(autoBuy.maxPerCycle) },
  ];
  const { link } = autoBuy;
  const by =
    link === null
      ? null
      : html`<p>Set by the link ${name(link.id)}, until ${toTimes(request, panel).full(link.expiresAt)}.</p>`;
  return html`<h3>Auto-buy</h3>
    ${by}
    ${autoBuy.observing === true ? html`<p class="soft">Nothing is bought while the service is under observe.</p>` : null}
    ${postForm(request, { action: `${serviceHref(id)}/auto-buy`, id: 'auto-buy', fields, submit: 'Store the preference' })}
    ${postForm(request, { action: `${serviceHref(id)}/auto-buy/clear`, id: 'auto-buy-clear', submit: 'Remove the preference' })}`;
}

/** `POST /services/:id/override` */
export const overrideForm: Page = async ({ params: { id = '' }, form = {}, sluice, as }) => {
  const unlimited = form.unlimited === 'yes' ? true : undefined;
  const request = { quota: given(form.quota), unlimited, mode: given(form.mode), action: given(form.action) };
  await sluice.overrides.set(id, request, { ...as, note: given(form.note) ?? null });
  return { redirect: `${serviceHref(id)}?done=override` };
};

/** `POST /services/:id/override/clear` */
export const overrideClearForm: Page = async ({ params: { id = '' }, sluice, as }) => {
  await sluice.overrides.clear(id, as);
  return { redirect: `${serviceHref(id)}?done=override-clear` };
};

/** `POST /services/:id/auto-buy` */
export const autoBuyForm: Page = async ({ params: { id = '' }, form = {}, sluice, as }) => {
  const most = given(form.maxPerCycle);
  const wish = {
    enabled: form.enabled === 'yes',
    package: given(form.package),
    threshold: given(form.threshold),
    maxPerCycle: most === undefined ? undefined : Number(most),
  };
  await sluice.autoBuy.set({ service: id }, wish, as);
  return { redirect: `${serviceHref(id)}?done=auto-buy` };
};

/** `POST /services/:id/auto-buy/clear` */
export const autoBuyClearForm: Page = async ({ params: { id = '' }, sluice, as }) => {
  await sluice.autoBuy.clear({ service: id }, as);
  return { redirect: `${serviceHref(id)}?done=auto-buy-clear` };
};
