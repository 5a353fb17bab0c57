import type { StoredBillView } from '@sluice/engine';
import type { Key } from '@sluice/messages';
import { coloured, findTone, type Tone } from '../layout/components.js';
import { html, type Html } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';

type States = Readonly<Partial<Record<StoredBillView['state'], readonly [Key & `bill.${string}`, Tone]>>>;

/** States of bills whose words mean little to people. */
const STATES: States = {
  confirmed: ['bill.billed', 'good'],
  zero: ['bill.zero', 'quiet'],
  'by-hand': ['bill.byHand', 'quiet'],
  unknown: ['bill.inDoubt', 'warning'],
};

/** The state of a bill; one that is billed says what became of its invoice, where that is known. */
export function billState(
  { state, invoice, invoiceStatus }: Pick<StoredBillView, 'state' | 'invoice' | 'invoiceStatus'>,
  wording: Wording,
  own: States = {},
): Html {
  if (state !== 'confirmed' || invoiceStatus === null) {
    const [key, tone] = own[state] ?? STATES[state] ?? [];
    return coloured(wording.code('bill', key?.slice('bill.'.length) ?? state), tone ?? findTone(state));
  }
  if (invoiceStatus !== 'open')
    return coloured(wording.code('bill', invoiceStatus), invoiceStatus === 'paid' ? 'good' : 'quiet');
  return wording.say('bill.payInvoice', {
    state: coloured(wording.say('bill.notPaid'), 'warning'),
    invoice: html`<bdi>${invoice}</bdi>`,
  });
}
