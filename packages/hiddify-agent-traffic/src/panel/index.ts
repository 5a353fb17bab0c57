export { hiddify } from './kind.js';
