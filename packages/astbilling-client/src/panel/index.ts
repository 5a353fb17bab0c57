export { astbilling, magnusbilling } from './kind.js';
