export { type ConfigDigest, configDigest } from './digest.js';
export { findConfig, findConfigFile, type FoundConfig } from './find-config-file.js';
export { type ConfigPlace, findHeartbeat, loadStateOnly } from './refused.js';
export type { ConfigKinds } from './kinds.js';
export {
  type CheckedConfig,
  checkConfigFile,
  checkConfigText,
  type Config,
  type ConfigSearch,
  configState,
  loadConfigFile,
} from './load.js';
export { type ConfigProblem, formatProblem } from './problem.js';
export { requireFile } from './read-config.js';
export {
  type ConfigReaders,
  configReaders,
  isStoreOnServer,
  privateFolder,
  type StorePlace,
  storePlace,
} from './readers.js';
export { isSecretReference, missingSecrets, resolveSecret, secretReferences, type SecretSources } from './secrets.js';
export { fillPlaceholders, hasPlaceholder, type Placeholder, PLACEHOLDER, PLACEHOLDERS } from './placeholders.js';
