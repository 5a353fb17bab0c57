export { Times } from './times.js';
export { usageText } from './usage-text.js';
export { outputWidth, wrapLine, writeLine } from './wrap.js';
