export { toFilesPath } from './context/files-path.js';
export { copyLocalStore, type CopyParts, undoLocalCopy } from './features/store/copy-local-store.js';
export {
  describeLocation,
  isOnServer,
  isServerAway,
  NOT_AN_ADDRESS,
  parseAddress,
  readConnection,
  type ServerConnection,
  type StoreAddress,
} from '@sluice/state-store';
