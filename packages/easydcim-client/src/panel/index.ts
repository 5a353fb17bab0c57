export { easydcim } from './kind.js';
