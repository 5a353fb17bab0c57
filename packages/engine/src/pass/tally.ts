import type { DecisionRecord } from '@sluice/state-store';
import type { ServiceView } from '../views.js';
import { shownHolds, viewOf, type Treatment } from './outcome.js';
import type { PassTotals } from './report.js';
import { LEASED, type Work } from './work.js';

/** Adds up a run's services as they are finished, and keeps the elements that its document shows. */
export class Tally {
  readonly totals: PassTotals = {
    services: 0,
    read: 0,
    unreadable: 0,
    failed: 0,
    held: 0,
    released: 0,
    purchased: 0,
    actions: 0,
  };
  /** Services that were not skipped, those of them with an error, and whether something was done for one of these. */
  counted = 0;
  wrong = 0;
  partly = false;
  /** Services that were skipped because somebody else works on them. */
  left = 0;
  /** Whether a hold begins or ends, or anything is changed or would be. */
  changes = false;
  readonly #views: ServiceView[] = [];
  readonly #keepAll: boolean;

  constructor(keepAll: boolean) {
    this.#keepAll = keepAll;
  }

  add(work: Work, decision: DecisionRecord, how: Treatment): void {
    const { totals } = this;
    const { status } = decision;
    const { actions } = work;
    totals.services++;
    if (work.usage !== null) totals.read++;
    if (status === 'unreadable') totals.unreadable++;
    if (status === 'failed') totals.failed++;
    if (shownHolds(work, how).length > 0) totals.held++;
    if (work.released) totals.released++;
    totals.actions += actions.length;
    this.changes ||= actions.length > 0 || work.opens.length > 0 || work.closes.length > 0;
    if (status !== 'skipped') this.counted++;
    else if (work.skipped === LEASED) this.left++;
    if (status === 'skipped' && work.termination !== null && decision.errorCode !== null) this.left++;
    if (status !== 'skipped' && decision.errorCode !== null) {
      this.wrong++;
      this.partly ||= actions.some((action) => action.state === 'applied');
    }
    // A service that is as it should be is only counted, unless everything is asked for.
    if (this.#keepAll || status !== 'ok' || actions.length > 0) this.#views.push(viewOf(decision, work, how));
  }

  /** By panel in the order of the config, then by id. */
  views(panels: string[]): ServiceView[] {
    const place = new Map(panels.map((name, index) => [name, index]));
    return this.#views.sort(
      (a, b) => (place.get(a.panel) ?? 0) - (place.get(b.panel) ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }
}
