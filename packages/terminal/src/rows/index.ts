export { type ImportFormat, findFormat, readRows, readTable, type Table } from './rows.js';
export { toYaml } from './to-yaml.js';
