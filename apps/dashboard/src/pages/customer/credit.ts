import type { Credit } from '@sluice/contract/ports';
import { describeCredit } from '@sluice/engine/words';
import type { PaymentTerms } from '@sluice/engine/options';
import { compareMoney, subtractMoney } from '@sluice/quota-core';
import { notice } from '../../layout/components.js';
import type { Times } from '../../layout/format.js';
import { html, type Html } from '../../layout/html.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toClient } from './own.js';
import type { LastRead, PanelReads } from '../../requests/panel-reads.js';
import { readClientCredit } from '../../requests/read-credit.js';

/** Reads the credit of the page's client, in whichever billing system it is. */
export function readCredit(request: PageRequest, reads: PanelReads): Promise<LastRead<Credit>> {
  return readClientCredit(request, toClient(request), reads);
}

/** An amount of credit in words. */
export function creditAmount(credit: Credit): Html {
  return html`<span class="number">${describeCredit(credit)}</span>`;
}

/** Says that the credit shown is an older one; null where it was read now, and where none is shown. */
export function creditAge({ value, failed, at }: LastRead<Credit>, times: Times): Html | null {
  if (value === null || !failed) return null;
  return notice('warning', html`Your credit can’t be read at the moment. This is from ${times.full(at)}.`);
}

/** The way to add credit; null where no page is known, and on other sites, which have their own. */
export function topUpLink({ isEmbedded }: PageRequest, { topUpUrl }: PaymentTerms): Html | null {
  if (topUpUrl === null || isEmbedded) return null;
  return html`<a class="button" href="${topUpUrl}" rel="noopener">Add credit</a>`;
}

/** Whether credit can be compared with prices in a currency. */
export function isInCurrency(credit: Pick<Credit, 'currency'>, currency: string): boolean {
  return credit.currency === null || credit.currency === currency;
}

/** Returns what is missing of a price, as decimal text; null where nothing is. */
export function missingCredit({ balance }: Pick<Credit, 'balance'>, price: string): string | null {
  return compareMoney(balance, price) < 0 ? subtractMoney(price, balance) : null;
}
