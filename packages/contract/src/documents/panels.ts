/**
 * Schemas of the documents about panels and products.
 *
 * @module
 */
import * as z from 'zod';
import {
  brake,
  removedPanel,
  count,
  enforcement,
  errorOrNull,
  instantOrNull,
  name,
  panelEnforcement,
  text,
  textOrNull,
} from './common.js';
import { runReport } from './reports.js';

const panelParts = { name: text, kind: text, url: text, capabilities: z.array(text), enforce: panelEnforcement };
export const panels = z.object({
  panels: z.array(name('Panel', z.object({ ...panelParts, brake: brake.nullable(), downSince: instantOrNull }))),
  removed: z.array(removedPanel),
});
export const panelTests = z.object({
  panels: z.array(
    name(
      'PanelTest',
      z.object({
        ...panelParts,
        ok: z.boolean(),
        latencyMs: count.nullable(),
        credentialsUntil: instantOrNull,
        warnings: z.array(text),
        error: errorOrNull,
      }),
    ),
  ),
});
export const switchReport = name(
  'SwitchReport',
  z.object({
    panel: text,
    product: textOrNull,
    enforce: z.enum(['on', 'observe']),
    source: text,
    since: instantOrNull,
    by: textOrNull,
    plan: runReport.nullable(),
    underWay: count.optional(),
  }),
);
export const doctorReport = name(
  'DoctorReport',
  z.object({
    ok: z.boolean(),
    checks: z.array(
      z.object({
        name: text,
        object: text,
        status: z.enum(['ok', 'warning', 'failed', 'skipped']),
        message: text,
        code: text.optional(),
        section: text.optional(),
        details: z.record(text, text).optional(),
      }),
    ),
  }),
);
export const tunnels = z.object({
  tunnels: z.array(z.object({ id: count, name: text, type: count, status: count, multiplier: count, ratio: count })),
});
export const relayUsers = z.object({
  users: z.array(
    z.object({
      id: count,
      name: text,
      status: count,
      usedBytes: count,
      quotaBytes: count,
      expiresAt: instantOrNull,
      service: textOrNull,
    }),
  ),
});
export const speedLimits = z.object({
  speedLimits: z.array(
    z.object({
      id: count,
      name: text,
      speedMbit: count,
      tunnel: z.object({ id: count, name: text }),
      products: z.array(text),
    }),
  ),
});
export const tunnelGroups = z.object({
  tunnelGroups: z.array(
    z.object({
      id: count,
      name: text,
      tunnels: z.array(z.object({ id: count, name: textOrNull })),
      products: z.array(text),
    }),
  ),
});
export const loginLink = z.object({
  url: textOrNull.describe('Address of the panel for customers: panels.X.publicUrl, or its url if that is public'),
  username: text,
  singleSignOn: z.literal(false),
});

export const products = z.object({
  products: z.array(
    name(
      'Product',
      z.object({
        id: text,
        panel: text,
        kind: text,
        quota: z.record(text, z.union([z.number(), z.literal('unlimited')])).nullable(),
        mode: textOrNull,
        quotaPeriod: z.enum(['billing', 'month']),
        action: textOrNull,
        enforce: enforcement,
        packages: z.array(text),
        provision: z.enum(['manual', 'auto']),
        terminate: z.enum(['manual', 'auto']),
        limits: z.array(z.object({ id: text, window: text, allowance: z.union([z.number(), text]), action: text })),
      }),
    ),
  ),
});
