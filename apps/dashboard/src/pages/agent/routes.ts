import type { UseCase } from '@sluice/contract';
import type { Readers } from '../../requests/readers.js';
import type { Page, Route } from '../page.js';
import { agentPage } from './overview.js';
import { userPage } from './user.js';

/** The pages of one agent (a reseller): below a share link, and for tokens of that agent. */
export function agentPages({ reads }: Readers): Route[] {
  const get = (path: string, needs: UseCase, page: Page): Route => ({ method: 'GET', path, needs, page });
  return [get('/', 'agents.users', agentPage(reads)), get('/users/:user', 'agents.users', userPage(reads))];
}
