import type { Credit } from '@sluice/contract/ports';
import type { PaymentTerms } from '@sluice/engine/options';
import { compareMoney, subtractMoney } from '@sluice/quota-core';
import { notice } from '../../layout/components.js';
import type { Times } from '../../layout/format.js';
import { html, type Html } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toClient } from './own.js';
import type { LastRead, PanelReads } from '../../requests/panel-reads.js';
import { readClientCredit } from '../../requests/read-credit.js';

/** Reads the credit of the page's client, in whichever billing system it is. */
export function readCredit(request: PageRequest, reads: PanelReads): Promise<LastRead<Credit>> {
  return readClientCredit(request, toClient(request), reads);
}

/** An amount of credit in words: `none yet` where there is none, and the currency of the client is not known. */
export function creditText({ balance, currency }: Credit, { texts }: Wording): string {
  const isNone = currency === null && compareMoney(balance, '0') === 0;
  return isNone ? texts.text('credit.none') : texts.money(balance, currency);
}

/** As `creditText`, as a figure. */
export function creditAmount(credit: Credit, wording: Wording): Html {
  const { balance, currency } = credit;
  const isNone = currency === null && compareMoney(balance, '0') === 0;
  return isNone ? html`<span class="number">${wording.say('credit.none')}</span>` : wording.money(balance, currency);
}

/** Says that the credit shown is an older one; null where it was read now, and where none is shown. */
export function creditAge({ value, failed, at }: LastRead<Credit>, times: Times, wording: Wording): Html | null {
  if (value === null || !failed) return null;
  return notice('warning', wording.say('credit.old', { at: times.full(at) }));
}

/** The way to add credit, in the colour of the main button where it is what to do now; null where no page is known, and on other sites, which have their own. */
export function topUpLink(
  { isEmbedded, language }: PageRequest,
  { topUpUrl }: PaymentTerms,
  { isMain = false }: { isMain?: boolean } = {},
): Html | null {
  if (topUpUrl === null || isEmbedded) return null;
  const classes = isMain ? 'button button-main' : 'button';
  return html`<a class="${classes}" href="${topUpUrl}" rel="noopener">${toWording(language).say('credit.add')}</a>`;
}

/** Whether credit can be compared with prices in a currency. */
export function isInCurrency(credit: Pick<Credit, 'currency'>, currency: string): boolean {
  return credit.currency === null || credit.currency === currency;
}

/** Returns what is missing of a price, as decimal text; null where nothing is. */
export function missingCredit({ balance }: Pick<Credit, 'balance'>, price: string): string | null {
  return compareMoney(balance, price) < 0 ? subtractMoney(price, balance) : null;
}
