import * as z from 'zod/mini';
import {
  asking,
  called,
  commanded,
  optionalNumber,
  optionalText,
  options,
  read,
  request,
  accepts,
  text,
  texts,
} from './shapes.js';

const number = ['number', text] as const;
const addon = { addon: optionalText, areaCode: optionalText };
const linked = { ...commanded, ...addon, panel: optionalText, service: optionalText };

/** What `dids` accepts. */
export const didInputs = {
  link: accepts(
    number,
    request({
      ...commanded,
      ...addon,
      service: text,
      carrier: optionalText,
      channels: optionalNumber,
      destination: optionalText,
    }),
  ),
  set: accepts(
    number,
    ['change', z.union([z.strictObject({ subscriber: z.null() }), z.strictObject({ values: texts })])],
    options({ ...commanded, ...asking, panel: optionalText, service: optionalText }),
  ),
  suspend: accepts(number, options(linked)),
  unsuspend: accepts(number, options(linked)),
  release: accepts(number, options(linked)),
};

const resource = [
  'resource',
  z.enum(['customers', 'subscribers', 'dids', 'plans', 'carriers', 'trunks', 'routes', 'rates', 'countries']),
] as const;
const ofPanel = { ...called, panel: optionalText };
const change = { ...commanded, panel: optionalText };

/** What `telephony` accepts. */
export const telephonyInputs = {
  list: accepts(resource, options({ ...ofPanel, filters: z.optional(texts) })),
  show: accepts(resource, ['id', text], options(ofPanel)),
  line: accepts(['service', text], options(read)),
  create: accepts(resource, ['values', texts], options(change)),
  set: accepts(resource, ['id', text], request({ ...change, ...asking, values: texts, service: optionalText })),
  remove: accepts(resource, ['id', text], options(change)),
};
