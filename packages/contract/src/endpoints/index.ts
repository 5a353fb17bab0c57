import { agentEndpoints } from './agents.js';
import { callEndpoints } from './calls.js';
import { embeddedEndpoints } from './embedded.js';
import { moneyEndpoints } from './money.js';
import { noticeEndpoints } from './notices.js';
import { panelEndpoints } from './panels.js';
import { provisionEndpoints } from './provision.js';
import { runEndpoints } from './runs.js';
import { serviceEndpoints } from './services.js';
import { telephonyEndpoints } from './telephony.js';

export type {
  Address,
  Checked,
  Endpoint,
  EndpointAnswer,
  EndpointBody,
  EndpointParts,
  EndpointQuery,
  EndpointTable,
  HttpMethod,
  Reach,
  Shape,
} from './endpoint.js';
export { listEndpoints, needsKey } from './endpoint.js';
export { type LogFilter, logFilter, type StreamRoute, STREAMS } from './runs.js';

/** Every endpoint of the HTTP API, except its streams, by its address. */
export const ENDPOINTS = {
  ...serviceEndpoints,
  ...provisionEndpoints,
  ...moneyEndpoints,
  ...agentEndpoints,
  ...panelEndpoints,
  ...callEndpoints,
  ...telephonyEndpoints,
  ...runEndpoints,
  ...noticeEndpoints,
  ...embeddedEndpoints,
};

export {
  agentEndpoints,
  callEndpoints,
  embeddedEndpoints,
  moneyEndpoints,
  noticeEndpoints,
  panelEndpoints,
  provisionEndpoints,
  runEndpoints,
  serviceEndpoints,
  telephonyEndpoints,
};
