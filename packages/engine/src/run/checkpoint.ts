import type { Desired } from '@sluice/panel-kind';
import { desiredOf } from './plan.js';
import type { Applied, Remembered, RunOnPanel } from './stages.js';

/** Saves the adapter's checkpoint for the next run; what it kept before stays where nothing was seen. */
export function withCheckpoint(on: RunOnPanel, work: Applied): Applied {
  const remembered = rememberedAfter(on, work);
  return remembered === work.remembered ? work : { ...work, remembered };
}

/** Returns what a later run remembers of a service, with the adapter's checkpoint. */
export function rememberedAfter(on: RunOnPanel, work: Applied, desired?: Desired): Remembered {
  const { panel } = on;
  const { observation, unsettled, actions, remembered } = work;
  if (panel.kind.usesHistory !== true || observation?.state == null) return remembered;
  const kept = panel.checkpoint(desired ?? desiredOf(on, work), observation);
  if (!kept) return remembered;
  const doubts = [...unsettled, ...actions].filter((row) => row.settledAt === null).map((row) => row.id);
  return { ...remembered, seen: doubts.length === 0 ? kept : { ...kept, doubts } };
}
