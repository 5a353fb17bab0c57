export { type FakeRequest } from './core/fake-request.js';
export { type FakeBody, type FakeResponse } from './core/fake-response.js';
export { type FakeCall } from './core/fake-call.js';
export { type Fault, type FaultRule } from './core/fault-rule.js';
export { type CallTotals, type FakeServer } from './core/fake-server.js';
export { startFakeServer, type FakeServerOptions } from './core/start-fake-server.js';
