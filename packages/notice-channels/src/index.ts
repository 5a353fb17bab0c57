export { pingHeartbeat } from './heartbeat.js';
export { command, mail, telegram, webhook } from './kinds.js';
