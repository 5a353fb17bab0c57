export { type CustomerTarget, findCustomer } from './find-customer.js';
export { type DidObservation, type DidTarget, planLink, planUnlink } from './plan-did.js';
export {
  differingFields,
  type KnownLineTarget,
  type LineObservation,
  type LineTarget,
  planLine,
  planUpdate,
} from './plan-line.js';
export { isReleased, type LineState, planSuspend, planTerminate, planUnsuspend } from './plan-states.js';
export { toReference } from './reference.js';
export { LineRefusal, type LineRefusalCode } from './refusal.js';
export type { LinePlan, LineStep, PlannedStep } from './step.js';
export { type LineSystem, toLineSystem } from './system.js';
