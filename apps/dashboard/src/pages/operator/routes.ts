import type { Page, Route } from '../page.js';
import { orAgain } from '../refused.js';
import { agentLimitForm, agentPage, agentRemoveLimitForm, agentRemoveLimitPage, agentsPage } from './agents.js';
import { acknowledgeAlarmForm } from './alarms.js';
import { billCsv, billsPage } from './bills.js';
import { allowOncePage, observeForm, observePage } from './brake.js';
import { callsPage, simulatorPage } from './calls.js';
import { logPage } from './log.js';
import { overviewPage } from './overview.js';
import { panelPage, panelsPage } from './panels.js';
import { packagesPage, productsPage } from './products.js';
import { queuePage } from './queue.js';
import { planPage } from './rates.js';
import { DID_VERBS, didVerbForm, didVerbPage, recordLinkForm, recordPage, recordSetForm } from './records.js';
import { askRunPage, cancelRunForm, runPage, startRunForm } from './runs.js';
import { servicePage } from './service-page.js';
import { autoBuyClearForm, autoBuyForm, overrideClearForm, overrideForm } from './service-actions.js';
import { buyForm, buyPage, SERVICE_VERBS, verbForm, verbPage } from './service-verbs.js';
import { listPage, LISTS } from './telephony.js';
import { trafficPage } from './traffic.js';
import { unassignedPage } from './unassigned.js';

const get = (path: string, page: Page): Route => ({ method: 'GET', path, needs: 'read', page });
/** Asks before a change. */
const ask = (path: string, page: Page): Route => ({ method: 'GET', path, needs: 'operate', page });
const post = (path: string, page: Page): Route => ({ method: 'POST', path, needs: 'operate', page });

/** The pages of operators: whose token reaches all clients. */
export function operatorPages(): Route[] {
  return [
    { ...get('/', overviewPage), cached: true },
    post('/alarms/:id/ack', acknowledgeAlarmForm),
    get('/services/:id', servicePage),
    ...SERVICE_VERBS.flatMap((verb) => [
      ask(`/services/:id/${verb}`, verbPage(verb)),
      post(`/services/:id/${verb}`, orAgain(verbForm(verb), verbPage(verb), verb)),
    ]),
    ask('/services/:id/buy', buyPage),
    post('/services/:id/buy', orAgain(buyForm, buyPage, 'buy')),
    post('/services/:id/override', orAgain(overrideForm, servicePage, 'override')),
    post('/services/:id/override/clear', overrideClearForm),
    post('/services/:id/auto-buy', orAgain(autoBuyForm, servicePage, 'auto-buy')),
    post('/services/:id/auto-buy/clear', autoBuyClearForm),
    get('/products', productsPage),
    get('/packages', packagesPage),
    get('/log', logPage),
    get('/queue', queuePage),
    get('/traffic', trafficPage),
    get('/panels', panelsPage),
    get('/panels/:name', panelPage),
    get('/panels/:name/unassigned', unassignedPage),
    ask('/panels/:name/allow-once', allowOncePage),
    ask('/panels/:name/observe', observePage),
    post('/panels/:name/observe', observeForm),
    get('/agents', agentsPage),
    get('/agents/:id', agentPage),
    post('/agents/:id/limit', orAgain(agentLimitForm, agentPage, 'limit')),
    ask('/agents/:id/remove-limit', agentRemoveLimitPage),
    post('/agents/:id/remove-limit', agentRemoveLimitForm),
    post('/runs', startRunForm),
    ask('/runs/start', askRunPage),
    get('/runs/:id', runPage),
    post('/runs/:id/cancel', cancelRunForm),
    ...telephonyPages(),
  ];
}

function telephonyPages(): Route[] {
  return [
    ...Object.values(LISTS).map((list) => get(list.path, listPage(list))),
    ...(['lines', 'dids'] as const).flatMap((kind) => [
      get(`/${kind}/:id`, recordPage(kind)),
      post(`/${kind}/:id/set`, orAgain(recordSetForm(kind), recordPage(kind), 'set')),
      post(`/${kind}/:id/link`, orAgain(recordLinkForm(kind), recordPage(kind), 'link')),
    ]),
    ...DID_VERBS.flatMap((verb) => [
      ask(`/dids/:id/${verb}`, didVerbPage(verb)),
      post(`/dids/:id/${verb}`, orAgain(didVerbForm(verb), didVerbPage(verb), verb)),
    ]),
    get('/plans/:id', planPage),
    get('/calls', callsPage),
    get('/simulator', simulatorPage),
    get('/bills', billsPage),
    get('/bills/:id', billCsv),
  ];
}
