import { type PanelKind, secret } from '@sluice/panel-kind';
import * as z from 'zod/mini';

/**
 * A kind that no package has: the smallest that passes the suite. With `accounts` Sluice creates and removes meters, with `agents` its
 * wholesalers have limits.
 */
export function waterworksKind({ accounts = false, agents = false } = {}): PanelKind {
  const kind: PanelKind = {
    kind: 'waterworks',
    title: 'Waterworks',
    panelShape: { key: secret, district: z.optional(z.string()) },
    productSchema: z.strictObject({ pipe: z._default(z.string(), 'wide') }),
    descriptions: {
      'panel.key': 'Its key',
      'panel.district': 'Where it is',
      product: 'For products on waterworks',
      'product.pipe': 'Which pipe',
    },
    refs: [
      { name: 'meter_id', fits: /^m-\d+$/, words: 'm- and digits', required: !accounts, unique: true },
      { name: 'meter_name', fits: /^[\w-]+$/, words: 'letters, digits and hyphens' },
    ],
    restrictions: ['shut'],
    suspension: 'shut',
    capabilities: [
      'usage',
      'window-usage',
      'enforce',
      'suspend',
      ...(accounts ? (['accounts', 'packages'] as const) : []),
      ...(agents ? (['agents'] as const) : []),
    ],
    requiredRef: 'meter_id',
    init: {
      defaultName: 'water',
      secrets: ['key'],
      texts: [{ key: 'district', default: 'north' }],
      laterKeys: ['district: south'],
      product: { name: 'tap', lines: ['quota: { total: 1TB }', 'waterworks: { pipe: narrow }'] },
    },
    async open(panel, dependencies) {
      const { WaterworksPanel, WaterworksWithAccounts, WaterworksWithAgents } = await import('./panel.js');
      const Opened = agents ? WaterworksWithAgents : accounts ? WaterworksWithAccounts : WaterworksPanel;
      return new Opened(kind, panel, dependencies);
    },
  };
  return kind;
}
