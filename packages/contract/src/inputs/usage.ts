import * as z from 'zod/mini';
import {
  called,
  flag,
  importRow,
  optionalText,
  options,
  range,
  read,
  request,
  accepts,
  text,
  whole,
} from './shapes.js';

const service = ['service', text] as const;
const ofRange = ['range', range] as const;

/** What `usage` accepts. */
export const usageInputs = {
  read: accepts(
    options({
      ...read,
      service: optionalText,
      panel: optionalText,
      product: optionalText,
      client: optionalText,
      refresh: flag,
    }),
  ),
  history: accepts(service, options(read)),
  graph: accepts(service, ofRange, options({ ...read, points: z.optional(whole(1)) })),
  panelGraph: accepts(service, ofRange, options(read)),
  lastPanelGraph: accepts(service, ofRange, options(read)),
  compare: accepts(['panel', text], ['rows', z.array(importRow)], request({ ...called, file: text })),
};
