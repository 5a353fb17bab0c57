import type { NoticeRecord } from '@sluice/state-store';
import type { ItemError } from '@sluice/panel-kind';
import type { SweptAgent } from '../agents/panel-sweep.js';
import type { ServiceView } from '../views.js';
import type { RunView } from '../run-row.js';

/** `poll --json`, `reconcile --json`, `plan --json` and `hold release --all --json` (docs/json.md). */
export interface PassReport {
  run: RunView & { observing: string[] };
  totals: PassTotals;
  services: ServiceView[];
  notices: { code: string; service: string | null; message: string }[];
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  /** Panels that were left out because another run holds them, or that could not be worked on. */
  panels: { panel: string; error: ItemError }[];
  /** Agents of the panels whose limits a `reconcile` kept. */
  agents?: SweptAgent[];
}

export interface PassTotals {
  services: number;
  read: number;
  unreadable: number;
  failed: number;
  held: number;
  released: number;
  purchased: number;
  actions: number;
}

/** The part of a notice that outputs show. */
export function shownNotice(notice: Pick<NoticeRecord, 'code' | 'service' | 'message'>) {
  return { code: notice.code, service: notice.service, message: notice.message };
}
