import { may } from '@sluice/contract';
import type { AutoBuyView, PackageView, ServiceDetail } from '@sluice/engine';
import { packageName } from '@sluice/engine/words';
import { facts, type Section } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { postForm } from '../../layout/forms.js';
import { html, type Html } from '../../layout/html.js';
import { toTimes } from '../../layout/page-times.js';
import { toWording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import { priceText } from '../package-columns.js';
import { isStopped } from './advice.js';
import { toPath } from './own.js';
import type { ServiceScene } from './service-scene.js';

/** Whether packages are bought by themselves, with a form where the client may buy. */
export async function autoBuySection({ request, service, packages, wording }: ServiceScene): Promise<Section | null> {
  if (packages.length === 0 || isStopped(service)) return null;
  const { sluice, viewer } = request;
  const { autoBuy } = await sluice.autoBuy.show({ service: service.id });
  // What stands in the way of the others may end.
  const choices = packages.filter(({ id, refused }) => refused !== 'currency_mismatch' || id === autoBuy.package);
  const setting =
    may(viewer, 'autoBuy.set') && choices.length > 0
      ? autoBuyForm(request, service, { autoBuy, packages: choices })
      : autoBuyFacts(request, autoBuy);
  const content = html`${linkText(request, service, autoBuy)}
  ${autoBuy.observing === true ? html`<p>${wording.say('autoBuy.notNow')}</p>` : null} ${setting}`;
  return { id: 'auto-buy', title: wording.text('autoBuy.title'), content };
}

/** Until when a setting is in force that ends with a share link; of the link that reads, also before it has set one. */
function linkText(request: PageRequest, { panel }: ServiceDetail, { link }: AutoBuyView): Html | null {
  const { viewer } = request;
  const wording = toWording(request.language);
  const toUntil = (instant: string | null) => ({ until: toTimes(request, panel).full(instant) });
  if (link !== null) {
    const key = viewer.id === link.id ? 'autoBuy.untilThis' : 'autoBuy.untilOther';
    return html`<p>${wording.say(key, toUntil(link.expiresAt))}</p>`;
  }
  if (!viewer.shared || !may(viewer, 'autoBuy.set')) return null;
  return html`<p class="soft">${wording.say('autoBuy.willEnd', toUntil(viewer.expiresAt))}</p>`;
}

function autoBuyFacts(
  { sluice, language }: PageRequest,
  { enabled, package: bought, threshold, maxPerCycle, bought: done }: AutoBuyView,
): Html {
  const wording = toWording(language);
  if (!enabled) return html`<p>${wording.say('autoBuy.off')}</p>`;
  return facts([
    [wording.text('packages.package'), bought === null ? wording.none : name(packageName(sluice.config, bought))],
    [wording.text('autoBuy.threshold'), html`<bdi dir="ltr">${thresholdText(threshold)}</bdi>`],
    [wording.text('autoBuy.most'), wording.say('autoBuy.packages', { count: maxPerCycle })],
    done === null ? null : [wording.text('autoBuy.bought'), wording.say('autoBuy.packages', { count: done })],
  ]);
}

function autoBuyForm(
  request: PageRequest,
  { id }: ServiceDetail,
  { autoBuy, packages }: { autoBuy: AutoBuyView; packages: readonly PackageView[] },
): Html {
  const wording = toWording(request.language);
  const choices = packages.map(
    (each) => [each.id, wording.text('packages.option', { name: each.name, price: priceText(each, wording) })] as const,
  );
  return postForm(request, {
    action: `${toPath(request, id)}/auto-buy`,
    id: 'auto-buy',
    submit: wording.text('autoBuy.save'),
    fields: [
      {
        name: 'enabled',
        label: wording.text('autoBuy.enable'),
        type: 'checkbox',
        value: autoBuy.enabled ? 'yes' : '',
      },
      {
        name: 'package',
        label: wording.text('packages.package'),
        choices,
        value: autoBuy.package ?? packages[0]?.id ?? '',
      },
      {
        name: 'threshold',
        label: wording.text('autoBuy.threshold'),
        value: thresholdText(autoBuy.threshold),
        hint: wording.text('autoBuy.hint'),
        isRequired: true,
      },
      {
        name: 'max',
        label: wording.text('autoBuy.mostField'),
        type: 'number',
        value: String(autoBuy.maxPerCycle),
        isRequired: true,
      },
    ],
  });
}

/** Returns a threshold as the form reads it: bytes are stored as digits. */
function thresholdText(threshold: string): string {
  if (!/^\d+$/.test(threshold)) return threshold;
  const gb = Number(threshold) / 1024 ** 3;
  return `${Number(gb.toFixed(3))}GB`;
}
