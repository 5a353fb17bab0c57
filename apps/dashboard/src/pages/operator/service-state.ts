import type { ServiceDetail } from '@sluice/engine';
import { isLeftAsIs, usedBytes } from '@sluice/engine/words';
import { badge, facts, usageBar } from '../../layout/components.js';
import { bytes, name, named, NONE, orNone, type Times, titled, UNKNOWN } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { refLabel, whyOld } from '../../layout/words.js';
import { statusWithReasons } from './brake.js';
import { panelLink, showNext } from './panels.js';
import { explainState } from './sentences.js';
import { allowedText, type ServiceScene } from './service.js';

/** The state of a service in words, its client, product, panel and account. */
export function showState(scene: ServiceScene): Html {
  const { times, found } = scene;
  const { service } = found;
  const fill = { used: usedBytes(service), allowed: service.allowance?.allowedBytes ?? null };
  const bar = usageBar(fill);
  return html`<p class="headline">
      ${statusWithReasons({ ...service, holds: [] })}
      ${service.lifecycle === 'active' ? null : badge(service.lifecycle)} ${service.observing ? badge('observe') : null}
      ${(service.doubted?.holds ?? []).length > 0 ? badge('hold doubted', 'bad') : null}
      ${found.because.some(({ code }) => code === 'drift') ? badge('drift', 'warning') : null}
    </p>
    ${bar === null ? null : html`<p class="headline">${bar}</p>`}
    <ul class="sentences">
      ${explainState(scene).map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    ${facts([
      ...(scene.isLine ? [] : usageFacts(times, service)),
      ['Client', named(service.clientName, service.client)],
      service.clientEmail === null ? null : ['Address', name(service.clientEmail)],
      service.language === null ? null : ['Language', service.language],
      ['Product', titled(service.productName, service.product)],
      ['Panel', panelLink(service.panel)],
      // Beside the state above, which runs decide.
      [
        'Lifecycle',
        html`${badge(service.lifecycle)} <span class="soft">as the billing system or a command set it</span>`,
      ],
      [
        'Due',
        service.nextDueDate === null ? NONE : html`${times.day(service.nextDueDate)} ${service.billingCycle ?? ''}`,
      ],
      [
        'On the panel',
        Object.entries(service.refs).map(
          ([key, value]) => html`<span class="refs">${refLabel(key)} <bdi>${value}</bdi></span>`,
        ),
      ],
      service.termination === null
        ? null
        : ['Termination', html`unfinished since ${times.at(service.termination.since)}`],
    ])}`;
}

function usageFacts(times: Times, service: ServiceDetail): ([string, Part] | null)[] {
  const { usage, allowance, quota } = service;
  const none = isLeftAsIs(service) ? UNKNOWN : 'no quota';
  const ofNextRun = quota === null ? none : quota.bytes === null ? 'unlimited' : bytes(quota.bytes);
  return [
    ['Used', usage === null ? html`<span class="unknown">not read yet</span>` : bytes(usedBytes(service))],
    ['Allowed', allowance === null ? ofNextRun : allowedText(allowance)],
    ['Remaining', allowance === null || allowance.unlimited ? NONE : bytes(allowance.remainingBytes)],
    ['In and out', orNone(usage, ({ inBytes, outBytes }) => html`${bytes(inBytes)} in, ${bytes(outBytes)} out`)],
    ['Read', showRead(times, service)],
    service.nextReading === undefined ? null : ['Next reading', showNext(times, service.nextReading)],
    ['Cycle', orNone(service.cycle, (cycle) => times.period(cycle))],
  ];
}

function showRead(times: Times, service: ServiceDetail): Part {
  const read = times.ago(service.usage?.readAt);
  const why = whyOld(service, (at) => times.full(at));
  return why === null ? read : html`${read}; ${why}`;
}
