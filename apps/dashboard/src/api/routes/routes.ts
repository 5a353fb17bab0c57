import type { ApiRoute } from './route.js';
import { agentRoutes } from './agents.js';
import { callRoutes } from './calls.js';
import { embeddedRoutes } from './embedded.js';
import { moneyRoutes } from './money.js';
import { noticeRoutes } from './notices.js';
import { panelRoutes } from './panels.js';
import { provisionRoutes } from './provision.js';
import { runRoutes } from './runs.js';
import { storedRoutes } from './stored.js';
import { serviceRoutes } from './services.js';

/** Every route of the HTTP API, except its streams. */
export const ROUTES: readonly ApiRoute[] = [
  ...serviceRoutes,
  ...provisionRoutes,
  ...moneyRoutes,
  ...agentRoutes,
  ...panelRoutes,
  ...callRoutes,
  ...runRoutes,
  ...storedRoutes,
  ...noticeRoutes,
  ...embeddedRoutes,
];
