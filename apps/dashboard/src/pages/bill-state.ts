import type { StoredBillView } from '@sluice/engine';
import { badge, type Tone } from '../layout/components.js';
import { html, type Html } from '../layout/html.js';

type States = Readonly<Partial<Record<StoredBillView['state'], readonly [string, Tone]>>>;

/** States of bills whose words mean little to people. */
const STATES: States = {
  confirmed: ['billed', 'good'],
  zero: ['nothing to pay', 'quiet'],
  'by-hand': ['charged by hand', 'quiet'],
  unknown: ['in doubt', 'warning'],
};

/** The state of a bill; one that is billed says what became of its invoice, where that is known. */
export function billState(
  { state, invoice, invoiceStatus }: Pick<StoredBillView, 'state' | 'invoice' | 'invoiceStatus'>,
  own: States = {},
): Html {
  if (state !== 'confirmed' || invoiceStatus === null) {
    const [text, tone] = own[state] ?? STATES[state] ?? [state];
    return badge(text, tone);
  }
  if (invoiceStatus === 'open') return html`${badge('not paid', 'warning')}: pay invoice <bdi>${invoice}</bdi>`;
  return badge(invoiceStatus, invoiceStatus === 'paid' ? 'good' : 'quiet');
}
