export type { Callers, CustomerWay, Need } from './callers.js';
export {
  type Command,
  findInput,
  type GroupMethod,
  type Method,
  METHODS,
  type MethodInputs,
  USE_CASES,
  type UseCase,
  type UseCaseGroup,
} from './use-cases/index.js';
export type { RecordNoun } from './use-cases/telephony.js';
export type { Input } from './use-cases/shapes.js';
export {
  agentOfScopes,
  type CustomerTerms,
  type Holder,
  may,
  mayWithFields,
  needsOfLink,
  needsOfScopes,
  onlyReads,
  whoMay,
} from './who-may.js';
export { AGENT_USER_SORTS, type AgentUserSort, NOTICE_EVENTS, type NoticeEvent } from './words.js';
