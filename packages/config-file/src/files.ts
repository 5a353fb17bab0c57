export { readText, toErrno } from './read-text.js';
export { readWhole, UnfitFile } from './read-whole.js';
export { yamlMessage } from './yaml-message.js';
