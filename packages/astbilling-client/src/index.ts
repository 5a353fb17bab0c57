export { createAstbillingClient } from './client/create-astbilling-client.js';
export { probeProfile, type ProfileCheck } from './client/probe.js';
export type {
  AstbillingCallOptions,
  AstbillingClient,
  AstbillingOptions,
  CallPage,
  CallsRequest,
  Carrier,
  CatalogueValues,
  Country,
  CustomerValues,
  Deletable,
  DidValues,
  Filters,
  Lifecycle,
  Reads,
  ReadsAndWrites,
  Report,
  ReportRequest,
  ReportWait,
  ResourceSample,
  Route,
  Simulation,
  SimulationRequest,
  SubscriberValues,
  TokenCheck,
  Trunk,
} from './client/types.js';
export { builtInProfiles, parseProfile, readProfile } from './profile/load.js';
export { ProfileError, type ProfileProblem } from './profile/profile-error.js';
export type { OperationName, Profile, ResourceName } from './profile/types.js';
