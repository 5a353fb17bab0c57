export { spreadsheetText, toCsv } from './csv.js';
export type { Decoded } from './decode.js';
export { FileDraft, NewFile, replaceFile, requireFolder, requireReplaceable, writeParts } from './new-file.js';
export { readInput, readStdinText, readText, toErrno, unwritable } from './read-text.js';
export { readWhole, UnfitFile } from './read-whole.js';
export { draftSink, fillSink, isSameFile, newFileSink, outputSink, type TextSink } from './sinks.js';
export { yamlMessage } from './yaml-message.js';
