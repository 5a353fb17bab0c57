import { ENDPOINTS, type Endpoint, listEndpoints } from '@sluice/contract/endpoints';
import { agentHandlers } from './handlers/agents.js';
import { callHandlers } from './handlers/calls.js';
import { embeddedHandlers } from './handlers/embedded.js';
import { type Handle, passOn } from './handlers/handler.js';
import { moneyHandlers } from './handlers/money.js';
import { noticeHandlers } from './handlers/notices.js';
import { panelHandlers } from './handlers/panels.js';
import { provisionHandlers } from './handlers/provision.js';
import { runHandlers } from './handlers/runs.js';
import { serviceHandlers } from './handlers/services.js';
import { telephonyHandlers } from './handlers/telephony.js';
import { inPages } from './paging.js';

/** An endpoint with what answers its requests. */
export interface ApiRoute extends Endpoint {
  handle: Handle;
}

const HANDLERS = {
  ...serviceHandlers,
  ...provisionHandlers,
  ...moneyHandlers,
  ...agentHandlers,
  ...panelHandlers,
  ...callHandlers,
  ...telephonyHandlers,
  ...runHandlers,
  ...noticeHandlers,
  ...embeddedHandlers,
} as unknown as Readonly<Record<string, Handle>>;

/** Every route of the HTTP API, except its streams: the endpoints of the contract. */
export const ROUTES: readonly ApiRoute[] = listEndpoints(ENDPOINTS).map((endpoint) => {
  const handle = HANDLERS[endpoint.address] ?? passOn(endpoint);
  return { ...endpoint, handle: endpoint.list === null ? handle : inPages(endpoint.list, handle) };
});
