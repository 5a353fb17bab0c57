export { type Colors, type Ink, type Paint, plainInk } from './colors.js';
export {
  allowed,
  bound,
  bytes,
  type Column,
  type ColumnInk,
  type ColumnOptions,
  compareValues,
  money,
  printRows,
  type RowsOptions,
  SHARE,
  shares,
  state,
  text,
  time,
  type Value,
} from './columns.js';
export type { DescribedError, InputHost, Output, TerminalHost } from './host.js';
export { displayWidth, type LayoutColumn } from './layout.js';
export { type Progress, startProgress } from './progress.js';
export { allowedCell, bytesCell, type Cell, Terminal, type TerminalOptions } from './terminal.js';
export type { Times, Zones } from './times.js';
export { describeSource, describeValue, formatCount, shellWords } from './words.js';
