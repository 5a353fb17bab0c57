import type { LimitSettings } from '@sluice/panel-kind';
import type { Config } from './schema.js';

/** Returns the entry with that name; unlike a plain index, never an inherited member such as `constructor`. */
export function findEntry<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** Returns whether a panel is not in the config, by that name. */
export function isPanelRemoved({ panels }: Pick<Config, 'panels'>, panel: string): boolean {
  return findEntry(panels, panel) === undefined;
}

/** Returns the time zone of a panel's billing dates. */
export function findTimeZone(config: Config, panel: string): string {
  return findEntry(config.panels, panel)?.timeZone ?? config.timeZone;
}

/** Reasons of holds that no limit of the config has. */
export const RESERVED: readonly string[] = ['quota', 'billing', 'manual', 'agent-limit', 'reseller'];

/** Returns the limits of a product in addition to its quota. */
export function listLimits({ products }: Pick<Config, 'products'>, product: string): readonly LimitSettings[] {
  return findEntry(products, product)?.limits ?? [];
}

/** Returns the checked section of a billing system; undefined where the config has none. */
export function billingSettings(config: Config, kind: string): Record<string, unknown> | undefined {
  return (config as unknown as Record<string, Record<string, unknown> | undefined>)[kind];
}

/** Returns the section that each product of the config has for a kind of billing system, by name of the product. */
export function billingSections({ products }: Pick<Config, 'products'>, kind: string): Record<string, unknown> {
  const sections = Object.entries(products).map(([name, product]): [string, unknown] => [name, product[kind]]);
  return Object.fromEntries(sections.filter(([, section]) => section !== undefined));
}
