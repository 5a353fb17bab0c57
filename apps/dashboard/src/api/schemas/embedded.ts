import * as z from 'zod';
import { instantOrNull, name, text } from './common.js';

const plain = text.describe('Plain text, to be escaped');
const parts = z.array(
  name(
    'EmbeddedPart',
    z.object({
      id: text.describe('Unique in its document'),
      title: plain,
      html: text.describe('Escaped HTML without forms, scripts, inline styles and links that need a session'),
    }),
  ),
);

export const embeddedService = z.object({
  service: text,
  title: plain,
  summary: plain,
  readAt: instantOrNull,
  parts,
  packages: z.array(z.object({ package: text, label: plain })),
  loginLink: z.boolean().describe('Whether the panel has a page where the client logs in'),
});

export const embeddedClient = z.object({
  client: text,
  parts,
  services: z.array(z.object({ service: text, title: plain, summary: plain })),
});

export const embeddedOverview = z.object({ parts });
