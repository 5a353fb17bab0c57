export { createAstbillingClient } from './client/create-astbilling-client.js';
export { probeProfile, type ProfileCheck } from './client/probe.js';
export type {
  AstbillingCallOptions,
  AstbillingClient,
  AstbillingOptions,
  CallPage,
  CallsRequest,
  CatalogueValues,
  CustomerValues,
  DidValues,
  ExtraValues,
  Filters,
  Lifecycle,
  Reads,
  ReadsAndWrites,
  Removable,
  Report,
  ReportRequest,
  ReportWait,
  ResourceSample,
  Simulation,
  SimulationRequest,
  SubscriberValues,
  TokenCheck,
} from './client/types.js';
export type { Scalar } from './profile/value-forms.js';
export { builtInProfiles, parseProfile, readProfile } from './profile/load.js';
export { ProfileError, type ProfileProblem } from './profile/profile-error.js';
export type {
  CallOperation,
  Envelope,
  FailureKind,
  FailureTest,
  FiltersEncoding,
  Formats,
  Lookup,
  Operation,
  OperationName,
  Pagination,
  Profile,
  ProfileAuth,
  Resource,
  ResourceName,
  ViaOperation,
} from './profile/schema.js';
