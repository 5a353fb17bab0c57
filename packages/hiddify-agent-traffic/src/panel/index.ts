export { processKey } from './agent-manager.js';
export { HiddifyPanel } from './hiddify-panel.js';
export { MOST_BYTES } from './hiddify-product.js';
export { shows } from './hiddify-settle.js';
export { ACTION_TYPES, observedOf, USER_EVIDENCE, USER_REF, type UserPrior, WITH_AGENT } from './hiddify-state.js';
export { hiddify } from './kind.js';
