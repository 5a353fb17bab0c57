import type { UseCase } from '@sluice/contract';
import type { Readers } from '../../requests/readers.js';
import type { Page, Route } from '../page.js';
import { orAgain } from '../refused.js';
import { disableUser, enableUser, extendUser } from './changes.js';
import { createUser } from './create.js';
import { agentPage } from './overview.js';
import { userPage } from './user.js';

/** The pages of one agent (a reseller): below a share link, and for tokens of that agent. */
export function agentPages({ reads }: Readers): Route[] {
  const get = (path: string, needs: UseCase, page: Page): Route => ({ method: 'GET', path, needs, page });
  const post = (path: string, needs: UseCase, page: Page): Route => ({ method: 'POST', path, needs, page });
  const [first, user] = [agentPage(reads), userPage(reads)];
  return [
    get('/', 'agents.users', first),
    // Where the browser goes for the page of a form that asks.
    get('/users', 'agents.users', first),
    post('/users', 'agents.createUser', orAgain(createUser(reads), first, 'create')),
    get('/users/:user', 'agents.users', user),
    post('/users/:user/extend', 'agents.extendUser', orAgain(extendUser(reads), user, 'extend')),
    post('/users/:user/disable', 'agents.disableUser', orAgain(disableUser, user, 'disable')),
    post('/users/:user/enable', 'agents.enableUser', orAgain(enableUser, user, 'enable')),
  ];
}
