/**
 * Schemas of the parts of pages that other sites show.
 *
 * @module
 */
import * as z from 'zod';
import { instantOrNull, name, text, textOrNull } from './common.js';
import { agreedPrice } from './money.js';

const plain = text.describe('Plain text, to be escaped');
export const part = name(
  'EmbeddedPart',
  z.object({
    id: text.describe('Unique in its document'),
    title: plain,
    html: text.describe('Escaped HTML without forms, scripts, inline styles and links that need a session'),
  }),
);
export const parts = z.array(part);
const zone = text.describe('IANA zone of the times in its parts; to be named beside them');

/** A part of a page as other sites show it. */
export type EmbeddedPart = z.infer<typeof part>;

export const embeddedService = z.object({
  service: text,
  title: plain,
  summary: plain,
  readAt: instantOrNull,
  timeZone: zone,
  parts,
  packages: z.array(
    z.object({
      package: text,
      label: plain,
      agreed: agreedPrice.describe('What the label says, to be sent with the purchase'),
    }),
  ),
  unpaid: z
    .array(z.object({ package: text, invoice: text }))
    .describe('Purchases that count once their invoice is paid; the newest first'),
  due: z
    .object({
      invoice: textOrNull.describe('Null for several'),
      label: plain,
    })
    .nullable()
    .describe(
      'What the client has to pay in the billing system before the service comes back; null where nothing is open, and where that is not known',
    ),
  credit: plain
    .nullable()
    .describe('What the client can spend on packages; null where it is not known, or nothing is on offer'),
  billing: text.describe(
    'The billing system that packages are paid in: `ledger`, or the section of the config that names it',
  ),
  topUpUrl: text
    .nullable()
    .describe(
      '`brand.topUpUrl`, where clients add credit; null: they do on the page of the billing system, if it has one',
    ),
  loginLink: z
    .boolean()
    .describe('Whether the panel has a page where the client logs in, at an address that clients are shown'),
});

/** The page of a service for another site. */
export type EmbeddedService = z.infer<typeof embeddedService>;

export const embeddedClient = z.object({
  client: text,
  timeZone: zone,
  parts,
  services: z.array(z.object({ service: text, title: plain, summary: plain })),
});

/** The first page of a client for another site; each service has a document of its own. */
export type EmbeddedClient = z.infer<typeof embeddedClient>;

export const embeddedOverview = z.object({ timeZone: zone, parts });
