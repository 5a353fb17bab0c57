export { createHiddifyClient } from './client/create-client.js';
export { parseHiddifyLink, type HiddifyLink } from './client/link.js';
export { packageTerm } from './client/package-term.js';
export { SELF } from './client/records.js';
export type {
  HiddifyAdmin,
  HiddifyAdminList,
  HiddifyIdentity,
  HiddifyRole,
  HiddifyServerStatus,
  HiddifyUser,
  HiddifyUserList,
  HiddifyUserMode,
  UnreadableRow,
} from './client/records.js';
export { type HiddifyPanelCode } from './client/refusal.js';
export type {
  CallOptions,
  ChangedUser,
  ChangeOptions,
  CreatedUser,
  HiddifyAdminChange,
  HiddifyAdmins,
  HiddifyClient,
  HiddifyClientOptions,
  HiddifyProbe,
  HiddifyUserChange,
  HiddifyUsers,
  NewHiddifyAdmin,
  NewHiddifyUser,
} from './client/types.js';
export { AgentTrafficError, isAgentTrafficError, type AgentTrafficErrorCode } from './errors.js';
