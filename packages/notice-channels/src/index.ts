export { drawPicture } from './draw-picture.js';
export { pingHeartbeat } from './heartbeat.js';
export { command, discord, mail, ntfy, pagerduty, slack, telegram, webhook } from './kinds.js';
