import type { UseCase } from '@sluice/contract';
import type { Page, Route } from '../page.js';
import { orAgain } from '../refused.js';
import { billFile, setCallerId, setDestination } from './actions.js';
import { invoicePage, payInvoice } from './invoice.js';
import { chooseMails, mailsPage, setMailAddress } from './mails.js';
import { overviewPage } from './overview.js';
import { newPassword, passwordPage } from './password.js';
import { buy, buyPage, setAutoBuy } from './purchases.js';
import type { Readers } from '../../requests/readers.js';
import { servicePage } from './service.js';
import { billPage } from './telephony/bill-page.js';
import { callsPage } from './telephony/calls-page.js';
import { destinationForm } from './telephony/line.js';
import { ratesPage } from './telephony/rates-page.js';

/** The pages of one client: below a share link, and for tokens of that client. */
export function customerPages(readers: Readers): Route[] {
  const { reads } = readers;
  const get = (path: string, needs: UseCase, page: Page): Route => ({ method: 'GET', path, needs, page });
  const post = (path: string, needs: UseCase, page: Page): Route => ({ method: 'POST', path, needs, page });
  // What is not on offer any more has no page of its own.
  const buyOrService: Page = (request) => buyPage(reads)(request).catch(() => servicePage(readers)(request));
  return [
    get('/', 'services.list', overviewPage(readers)),
    get('/mails', 'notices.choose', mailsPage),
    post('/mails', 'notices.choose', orAgain(chooseMails, mailsPage, 'mails')),
    post('/mails/address', 'notices.setAddress', orAgain(setMailAddress, mailsPage, 'mail-address')),
    get('/invoices/:invoice', 'invoices.show', invoicePage(reads)),
    post('/invoices/:invoice/pay', 'invoices.pay', orAgain(payInvoice(reads), invoicePage(reads), 'pay')),
    get('/services/:id', 'services.show', servicePage(readers)),
    get('/services/:id/calls', 'calls.records', callsPage(reads)),
    get('/services/:id/rates', 'calls.rates', ratesPage(reads)),
    get('/services/:id/bills/:bill', 'calls.showBill', billPage(reads)),
    get('/services/:id/bills/:bill/calls.csv', 'calls.billReport', billFile),
    get('/services/:id/buy', 'purchases.create', buyPage(reads)),
    post('/services/:id/buy', 'purchases.create', orAgain(buy(reads), buyOrService, 'buy')),
    post('/services/:id/auto-buy', 'autoBuy.set', orAgain(setAutoBuy, servicePage(readers), 'auto-buy')),
    post(
      '/services/:id/destination',
      'dids.set',
      orAgain(setDestination(reads), servicePage(readers), destinationForm),
    ),
    post('/services/:id/caller-id', 'telephony.set', orAgain(setCallerId(reads), servicePage(readers), 'caller-id')),
    get('/services/:id/password', 'provision.changePassword', passwordPage),
    post('/services/:id/password', 'provision.changePassword', orAgain(newPassword, passwordPage, 'password')),
  ];
}
