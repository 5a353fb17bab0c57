import type { Desired, Panel } from '@sluice/panel-kind';
import type { Session } from '../session.js';
import { desiredOf } from './enforce.js';
import type { Work } from './work.js';

/** Has the panel's adapter note what a later run must know; what it noted before stays where nothing was seen. */
export function keep(session: Session, panel: Panel, work: Work, scope: Desired['scope']): void {
  const { observation } = work;
  if (!panel.keep || observation?.state == null) return;
  const kept = panel.keep(desiredOf(session, work, scope), observation);
  if (!kept) return;
  const doubts = [...work.unsettled, ...work.actions].filter((row) => row.settledAt === null).map((row) => row.id);
  const seen = doubts.length === 0 ? kept : { ...kept, doubts };
  work.remembered = { ...work.remembered, seen };
}
