import { type PanelSettings, regex, secret, type Capability } from '@sluice/panel-kind';
import * as z from 'zod/mini';

/** Config keys of an EasyDCIM panel, in addition to those of every panel. */
export const panelShape = {
  token: secret,
  impersonate: z.optional(z.union([z.string(), z.pipe(z.int(), z.transform(String))])),
  impersonateFallback: z._default(z.boolean(), false),
  units: z.optional(z.enum(['bytes', 'KB', 'MB', 'GB'])),
  requestUnits: z.optional(z.string()),
  graphDates: z._default(z.enum(['text', 'unix']), 'text'),
  managementPorts: z.optional(regex),
  trafficDirection: z._default(z.enum(['normal', 'swapped']), 'normal'),
};

/** Settings of an EasyDCIM panel, parsed. */
export type EasyDcimSettings = PanelSettings & {
  [Key in keyof typeof panelShape]: z.output<(typeof panelShape)[Key]>;
};

/** Restrictions that a product may name as its `action`; the first is the default. */
export const RESTRICTIONS: readonly string[] = ['disable-ports', 'suspend-order', 'both'];

/** A suspended order leaves its ports as they are. */
export const MILDEST_FIRST: readonly string[] = ['suspend-order', 'disable-ports', 'both'];

/** What the panel can do. */
export const CAPABILITIES: readonly Capability[] = ['usage', 'window-usage', 'enforce', 'suspend', 'graphs'];

/** The restriction of billing and manual holds. */
export const SUSPENSION = 'suspend';
