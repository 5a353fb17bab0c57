export type { Callers, CustomerWay, Need } from './callers.js';
export { type GroupMethod, METHODS, USE_CASES, type UseCase, type UseCaseGroup } from './use-cases.js';
export {
  type CustomerTerms,
  type Holder,
  may,
  mayWithFields,
  needsOfLink,
  needsOfScopes,
  onlyReads,
  whoMay,
} from './who-may.js';
