export { completionScript, listNodes, type FindValue, type Shell } from './script.js';
export type { CompletionArgument, CompletionNode, CompletionOption, CompletionValue } from './shape.js';
