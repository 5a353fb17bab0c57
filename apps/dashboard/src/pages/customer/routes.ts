import type { Page, Route } from '../page.js';
import { billFile, setCallerId, setDestination } from './actions.js';
import { overviewPage } from './overview.js';
import { newPassword, passwordPage } from './password.js';
import { buy, buyPage, setAutoBuy } from './purchases.js';
import type { Readers } from './readers.js';
import { servicePage } from './service.js';

/** The pages of one client: below a share link, and for tokens of that client. */
export function customerPages(readers: Readers): Route[] {
  const { reads } = readers;
  const get = (path: string, page: Page, needs: Route['needs'] = 'read'): Route => ({
    method: 'GET',
    path,
    needs,
    page,
  });
  const post = (path: string, needs: Route['needs'], page: Page): Route => ({ method: 'POST', path, needs, page });
  return [
    get('/', overviewPage(reads)),
    get('/services/:id', servicePage(readers)),
    get('/services/:id/bills/:bill', billFile),
    get('/services/:id/buy', buyPage, 'buy'),
    post('/services/:id/buy', 'buy', buy(reads)),
    post('/services/:id/auto-buy', 'buy', setAutoBuy),
    post('/services/:id/destination', 'manage', setDestination(reads)),
    post('/services/:id/caller-id', 'manage', setCallerId(reads)),
    // Either right is enough, as the page checks.
    get('/services/:id/password', passwordPage),
    post('/services/:id/password', 'read', newPassword),
  ];
}
