export type { AgentUserRequest, CreationCheck, ItemError, LedgerOpening } from '@sluice/panel-kind';
export {
  type AgentCall,
  type AgentCheck,
  type AgentEngine,
  AgentTrafficManager,
  type ManagedAgent,
  type UserChange,
  type UsersChanged,
} from './agent-traffic-manager.js';
export { hiddify } from './kind.js';
