export { isResetDayBetween } from './flvx-usage.js';
export { flvx } from './kind.js';
