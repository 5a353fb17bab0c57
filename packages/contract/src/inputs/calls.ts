import * as z from 'zod/mini';
import { reports } from './provision.js';
import {
  called,
  flag,
  locked,
  number,
  optionalText,
  options,
  read,
  request,
  accepts,
  text,
  textOrNone,
  work,
} from './shapes.js';
import { DIRECTIONS, INCREMENT_BASES } from '../words.js';

/** What `calls` accepts. */
export const callInputs = {
  bill: accepts(
    options({
      ...locked,
      service: optionalText,
      invoice: optionalText,
      period: optionalText,
      final: flag,
      resend: flag,
      zeroLine: flag,
      allowUnrated: flag,
      verifyRating: flag,
      dryRun: flag,
      reports: z.optional(reports),
    }),
  ),
  report: accepts(
    ['of', z.union([z.strictObject({ service: text }), z.strictObject({ client: text })])],
    request({ ...read, period: text, reports, remote: flag }),
  ),
  records: accepts(
    [
      'request',
      z.strictObject({
        service: textOrNone,
        did: textOrNone,
        panel: textOrNone,
        direction: z.optional(z.nullable(z.enum(DIRECTIONS))),
        day: textOrNone,
        from: textOrNone,
        to: textOrNone,
        onCall: work,
      }),
    ],
    options(read),
  ),
  simulate: accepts(
    [
      'request',
      z.strictObject({
        destination: text,
        seconds: number,
        service: textOrNone,
        plan: textOrNone,
        panel: textOrNone,
        at: textOrNone,
        local: flag,
        incrementBase: z.optional(z.nullable(z.enum(INCREMENT_BASES))),
      }),
    ],
    options(called),
  ),
  bills: accepts(options({ ...read, service: optionalText, client: optionalText })),
  billReport: accepts(['bill', text], options(read)),
  reconcile: accepts(
    [
      'request',
      z.optional(z.strictObject({ service: textOrNone, period: textOrNone, billed: z.optional(z.nullable(work)) })),
    ],
    options(called),
  ),
};
