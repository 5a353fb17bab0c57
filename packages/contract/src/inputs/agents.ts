import * as z from 'zod/mini';
import {
  anyNumber,
  called,
  commanded,
  flag,
  importRow,
  optionalNumber,
  optionalText,
  options,
  read,
  request,
  accepts,
  text,
  whole,
  work,
} from './shapes.js';

const agent = ['agent', text] as const;
const ofPanel = { ...called, panel: optionalText };
const command = { ...commanded, panel: optionalText };
const limiting = {
  ...ofPanel,
  opening: z.optional(z.union([z.enum(['current', 'zero']), z.strictObject({ bytes: anyNumber })])),
  dryRun: flag,
  confirm: z.optional(work),
};

/** What `agents` accepts. */
export const agentInputs = {
  list: accepts(options(ofPanel)),
  listStored: accepts(options(ofPanel)),
  show: accepts(agent, options(ofPanel)),
  ofClient: accepts(['client', text], options(read)),
  unknownOfClient: accepts(['client', text], options(called)),
  above: accepts(
    ['below', z.union([z.strictObject({ service: text }), z.strictObject({ agent: text, panel: text })])],
    options(called),
  ),
  explain: accepts(agent, options(ofPanel)),
  limit: accepts(agent, request({ ...limiting, limitBytes: z.nullable(anyNumber) })),
  limits: accepts(request({ ...limiting, rows: z.array(importRow), file: text })),
  check: accepts(options({ ...ofPanel, agent: optionalText, dryRun: flag, allowMass: flag })),
  canCreateUser: accepts(agent, ['bytes', whole(0)], options(ofPanel)),
  createUser: accepts(
    request({
      ...ofPanel,
      agent: text,
      name: text,
      limitBytes: whole(1),
      days: optionalNumber,
      mode: optionalText,
      dryRun: flag,
    }),
  ),
  suspend: accepts(agent, options(command)),
  unsuspend: accepts(agent, options(command)),
  restore: accepts(agent, options({ ...command, force: flag, unsuspend: flag })),
};
