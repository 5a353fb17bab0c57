import type { Credit } from '@sluice/contract/ports';
import { formatMoney } from '@sluice/quota-core';
import type { AutoBuyView, InvoiceView } from '@sluice/engine';
import { describeCredit } from '@sluice/engine/words';
import type { AutoBuySubject } from '@sluice/engine/options';
import { bytesCell, type Terminal } from '../terminal.js';
import type { Times } from '../times.js';

/** Returns `credit 10.00 EUR`. */
export function creditText(credit: Pick<Credit, 'balance' | 'currency'>): string {
  return `credit ${describeCredit(credit)}`;
}

/** Returns what people call a client, with the id behind: `client 42` for one without a name. */
export function clientText({ client, clientName }: { client: string; clientName: string | null }): string {
  return clientName === null ? `client ${client}` : `${clientName} (${client})`;
}

/** Prints an invoice with its lines. */
export function printInvoice(terminal: Terminal, invoice: InvoiceView): void {
  const { id, currency, status, total, createdAt, paidAt, closedAt, lines } = invoice;
  const at = (instant: string | null): string => terminal.times.at(instant) ?? '';
  terminal.line(`${id}: ${terminal.status(status)}, ${formatMoney(total, currency)}, ${clientText(invoice)}`);
  const ended = status === 'open' ? '' : `, ${status} ${at(closedAt ?? paidAt)}`;
  terminal.line(`  created ${at(createdAt)}${ended}`);
  for (const { description, amount } of lines) terminal.line(`  ${formatMoney(amount, currency)}  ${description}`);
}

/** Where a rule comes from, as people read it. */
const SOURCES: Record<AutoBuyView['source'], string> = {
  service: 'set for the service',
  client: 'set for the client',
  product: 'from the product',
  global: 'from the config',
  default: 'the default',
};

/** Returns `svc-1` or `client 42`. */
export function autoBuySubject({ service, client }: AutoBuySubject): string {
  return service ?? `client ${client}`;
}

/** Returns a rule of automatic purchases in one line: `auto-buy on (from the product): extra at 10 GB left, …`. */
export function describeAutoBuy(rule: AutoBuyView, times: Times): string {
  const { enabled, packageName: name, maxPerCycle } = rule;
  if (!enabled) return `auto-buy off (${SOURCES[rule.source]})`;
  const what = name ?? 'no package';
  return `auto-buy on (${sourceText(rule, times)}): ${what} at ${thresholdText(rule)} left, at most ${maxPerCycle} per cycle`;
}

/** Returns where a rule comes from; of one that ends with a share link also until when. */
function sourceText({ source, link }: Pick<AutoBuyView, 'source' | 'link'>, times: Times): string {
  if (link === null) return SOURCES[source];
  const until = times.at(link.expiresAt);
  return `by link ${link.id}${until === null ? '' : `, until ${until}`}`;
}

/** Prints a rule of automatic purchases. */
export function printAutoBuy(terminal: Terminal, subject: AutoBuySubject, rule: AutoBuyView): void {
  const { enabled, packageName: name, maxPerCycle, bought } = rule;
  terminal.line(autoBuySubject(subject));
  terminal.table(
    ['', ''],
    [
      ['auto-buy', `${enabled ? 'on' : 'off'} (${sourceText(rule, terminal.times)})`],
      ['package', name],
      ['when at most', `${thresholdText(rule)} remain`],
      ['maximum', `${maxPerCycle} per cycle`],
      ...(bought === null ? [] : [['bought', `${bought} in this cycle`]]),
    ],
  );
}

function thresholdText({ threshold, thresholdBytes }: Pick<AutoBuyView, 'threshold' | 'thresholdBytes'>): string {
  const bytes = bytesCell(thresholdBytes);
  if (!threshold.endsWith('%')) return bytes ?? threshold;
  return bytes === null ? threshold : `${threshold} (${bytes})`;
}
