export { whmcs } from './kind.js';
export type { WhmcsSettings } from './settings.js';
