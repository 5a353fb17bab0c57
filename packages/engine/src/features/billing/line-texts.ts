import { type Texts, toTexts } from '@sluice/messages';
import { chooseLanguage } from '@sluice/messages/languages';
import { visible } from '@sluice/panel-http/printable';
import { formatBytes } from '@sluice/quota-core';
import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import type { LINE_PLACEHOLDERS } from '../../base/config/invoice-lines.js';
import { packageName } from '../../base/config/package-name.js';
import type { Config } from '../../base/config/schema.js';
import { describeBound, lastDayBefore } from '../../base/describe-period.js';
import { describeService } from '../../base/describe-service.js';
import { fillTemplate } from '../../base/template.js';

type Kind = keyof typeof LINE_PLACEHOLDERS;
type Values<K extends Kind> = Record<(typeof LINE_PLACEHOLDERS)[K][number], string>;
type LineConfig = Pick<Config, 'invoiceLines' | 'packages' | 'serve'>;

/** Whose service a line is of. */
export type LineOwner = Pick<ServiceRecord, 'name' | 'clientName' | 'language'>;

/** Calls in a period of local times with offset. */
export interface CallsOfLine {
  username: string;
  service: string;
  client: string;
  period: { start: string; end: string };
  timeZone: string;
}

/** How a line is written: the text of the config, or null for that of the catalogue, and figures of its language; null where that is not known. */
type Writing = { template: string; texts: Texts | null } | { template: null; texts: Texts };

/**
 * Returns the text of the line of a purchase, without its mark; `owner`: null where the service is another client's by now. No line is
 * found again by its text, which differs by language: its mark is what finds it.
 */
export function purchaseLine(
  config: LineConfig,
  { bytes, service, client, package: id }: Pick<PurchaseRecord, 'bytes' | 'service' | 'client' | 'package'>,
  owner: LineOwner | null,
): string {
  const { template, texts } = findWriting(config, 'purchase', owner);
  const values: Values<'purchase'> = {
    traffic: texts?.bytes(bytes) ?? formatBytes(bytes),
    ...toNames(service, client ?? '-', owner),
    package: packageName(config, id),
  };
  return visible(template === null ? texts.text('line.purchase', values) : fillTemplate(template, values));
}

/** Returns the text of the line of calls, without its mark; see `purchaseLine`. */
export function callsLine(config: LineConfig, calls: CallsOfLine, owner: LineOwner | null): string {
  const { username, service, client } = calls;
  const { template, texts } = findWriting(config, 'calls', owner);
  const values: Values<'calls'> = { username, ...toNames(service, client, owner), ...toDates(calls, texts) };
  return visible(template === null ? texts.text('line.calls', values) : fillTemplate(template, values));
}

/** A text for all clients is in the language of the provider. */
function findWriting({ invoiceLines, serve }: LineConfig, kind: Kind, owner: LineOwner | null): Writing {
  const stated = invoiceLines[kind];
  if (typeof stated === 'string')
    return { template: stated, texts: serve.language === undefined ? null : toTexts(serve.language) };
  const language = chooseLanguage({ client: owner?.language, config: serve.language });
  return { template: stated?.[language] ?? null, texts: toTexts(language) };
}

function toNames(service: string, client: string, owner: LineOwner | null) {
  return { name: describeService({ id: service, name: owner?.name }), service, client: owner?.clientName ?? client };
}

function toDates({ period: { start, end }, timeZone }: CallsOfLine, texts: Texts | null) {
  if (texts === null) {
    const [from, to] = [describeBound(start, timeZone), describeBound(end, timeZone)];
    const last = lastDayBefore(end, timeZone);
    const final = to.length > last.length ? to : last;
    return { from, to, last, period: from === final ? from : `${from} - ${final}` };
  }
  const at = { start: Date.parse(start), end: Date.parse(end) };
  return {
    from: texts.exactBound(at.start, timeZone),
    to: texts.exactBound(at.end, timeZone),
    last: texts.date(at.end - 1, timeZone),
    period: texts.days(at, timeZone),
  };
}
