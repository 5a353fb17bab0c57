import type { BillingKind } from '@sluice/contract/ports';
import type { PanelKind } from '@sluice/panel-kind';
import type { Config } from './schema.js';

/** A finding about parts of a config that contradict each other. */
export interface RuleFinding {
  severity: 'error' | 'warning';
  path: string;
  message: string;
}

/** Checks one thing of a config. */
export type Rule = (config: Config, kinds: readonly PanelKind[], billing: readonly BillingKind[]) => RuleFinding[];

/** Returns a finding that makes a config invalid. */
export const error = (path: string, message: string): RuleFinding => ({ severity: 'error', path, message });
/** Returns a finding that leaves a config valid. */
export const warning = (path: string, message: string): RuleFinding => ({ severity: 'warning', path, message });
