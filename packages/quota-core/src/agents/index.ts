export {
  type AgentDecision,
  type AgentRule,
  type AgentToDecide,
  decideAgent,
  fitsLimit,
  isLimitExceeded,
} from './decide-agent.js';
export type { AgentRules } from './rules.js';
