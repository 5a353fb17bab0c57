export { toFilesPath } from './context/files-path.js';
export { copyLocalStore, type CopyParts, undoLocalCopy } from './features/store/copy-local-store.js';
export { describeLocation, isOnServer, NOT_AN_ADDRESS, parseAddress, type StoreAddress } from '@sluice/state-store';
