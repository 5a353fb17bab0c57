import type { BillingKind } from '@sluice/contract/ports';
import type { PanelKind } from '@sluice/panel-kind';
import type { PastToken, StorePast } from '@sluice/state-store';
import { tokenStatus } from '../../base/token-status.js';
import type { Config } from '../../base/config/schema.js';

/** What changes can concern: the config, and what earlier versions left in the store. */
export interface Installation {
  config: Config;
  kinds: readonly PanelKind[];
  billing: readonly BillingKind[];
  past: StorePast;
  /** Instant (ISO UTC). */
  now: string;
}

/** The schema version before the changes. */
const BEFORE = 21;
/** So long after an upgrade its changes are named. */
const NAMED_MS = 30 * 86_400_000;

/** Returns whether a store is of an earlier version, or was until a short time ago. */
export function isUpgraded({ past, now }: Pick<Installation, 'past' | 'now'>): boolean {
  const [first] = past.migrations;
  if (first === undefined) return false;
  const next = past.migrations.find(({ version }) => version > BEFORE);
  if (next === undefined) return true;
  return next.appliedAt > first.appliedAt && Date.parse(now) - Date.parse(next.appliedAt) < NAMED_MS;
}

/** Returns whether a token still opens anything. */
export function isActive(token: PastToken, now: string): boolean {
  return tokenStatus(token, now) === 'active';
}

/** Returns whether other machines reach the address of `serve.listen`. */
export function beyondLoopback(listen: string): boolean {
  const host = listen.includes(':') ? listen.replace(/:\d+$/, '') : '127.0.0.1';
  return host !== 'localhost' && host !== '[::1]' && !/^127\.\d+\.\d+\.\d+$/.test(host);
}
