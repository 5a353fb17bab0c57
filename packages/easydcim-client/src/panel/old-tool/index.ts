import type { OldTool } from '@sluice/panel-kind';
import { readOldTool } from './read.js';
import { TABLES } from './tables.js';

/** The traffic module of WHMCS that managed EasyDCIM services before (docs/moving-in.md). */
export const easydcimBw: OldTool = {
  title: 'easydcim_bw',
  tables: TABLES,
  read: readOldTool,
};
