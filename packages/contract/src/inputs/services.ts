import * as z from 'zod/mini';
import { serviceFilter } from './facade.js';
import {
  called,
  flag,
  importRow,
  limit,
  locked,
  optionalText,
  options,
  read,
  refs,
  accepts,
  text,
  textOrNone,
  texts,
} from './shapes.js';

const id = ['id', text] as const;
const where = ['where', z.readonly(z.array(z.readonly(z.tuple([text, text]))))] as const;
const values = ['texts', texts] as const;

/** What `services` accepts. */
export const serviceInputs = {
  import: accepts(
    ['rows', z.readonly(z.array(z.union([importRow, texts])))],
    options({ ...locked, ...refs, dryRun: flag, describe: flag }),
  ),
  add: accepts(id, values, options({ ...called, ...refs })),
  set: accepts(id, values, options({ ...locked, ...refs })),
  setWhere: accepts(where, values, options({ ...locked, ...refs })),
  planSetWhere: accepts(where, values, options({ ...called, ...refs })),
  sync: accepts(
    options({ ...locked, ...refs, dryRun: flag, service: optionalText, product: optionalText, allowMass: flag }),
  ),
  remove: accepts(id, options(locked)),
  show: accepts(id, options(read)),
  isOf: accepts(id, ['client', text]),
  customerMay: accepts(id, options(called)),
  list: accepts(options({ ...read, ...serviceFilter, after: optionalText, limit })),
  export: accepts(options({ ...called, panel: optionalText, product: optionalText, client: optionalText })),
};

/** What `overrides` accepts. */
export const overrideInputs = {
  set: accepts(
    ['service', text],
    ['override', z.strictObject({ quota: textOrNone, unlimited: flag, mode: textOrNone, action: textOrNone })],
    options(locked),
  ),
  clear: accepts(['service', text], options(locked)),
  list: accepts(options({ ...read, service: optionalText })),
};
