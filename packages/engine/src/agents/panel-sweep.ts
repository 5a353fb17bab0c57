import type { ItemError } from '@sluice/panel-kind';
import type { Notice } from '../run/notices.js';
import type { AgentAction, AgentDetail } from './agent-views.js';

/** `totals` of `agent check --json` (docs/json.md). */
export interface AgentTotals {
  agents: number;
  exceeded: number;
  disabled: number;
  restored: number;
  failed: number;
  skipped: number;
}

/** One agent of a sweep. */
export type SweptAgent = AgentDetail & { actions: AgentAction[]; error: ItemError | null };

/** What a sweep of one panel found and did. */
export interface PanelSweep {
  panel: string;
  agents: SweptAgent[];
  totals: AgentTotals;
  notices: Notice[];
  /** Why nobody was disabled or given back; or that the brake stopped it. */
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  observing: boolean;
  /** Changes that were made, or (shown only) would be. */
  changes: number;
}
