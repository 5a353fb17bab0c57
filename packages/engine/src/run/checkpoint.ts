import { desiredOf } from './plan.js';
import type { Applied, RunOnPanel } from './stages.js';

/** Saves the adapter's checkpoint for the next run; what it kept before stays where nothing was seen. */
export function withCheckpoint(on: RunOnPanel, work: Applied): Applied {
  const { panel } = on;
  const { observation, unsettled, actions, remembered } = work;
  if (panel.history === undefined || observation?.state == null) return work;
  const kept = panel.history.checkpoint(desiredOf(on, work), observation);
  if (!kept) return work;
  const doubts = [...unsettled, ...actions].filter((row) => row.settledAt === null).map((row) => row.id);
  const seen = doubts.length === 0 ? kept : { ...kept, doubts };
  return { ...work, remembered: { ...remembered, seen } };
}
