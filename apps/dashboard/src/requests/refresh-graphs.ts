import type { ServiceDetail, Sluice } from '@sluice/engine';
import type { GraphRange } from '@sluice/engine/options';
import { setNewest } from './newest.js';

/** How long a panel may take to answer, in milliseconds. */
const TIMEOUT_MS = 20_000;
/** Without a cache, the shortest time between two reads of one graph, in milliseconds. */
const SHORTEST_MS = 60_000;
/** Most graphs whose last read is remembered. */
const MOST = 5000;

/**
 * Reads panels' graphs after their pages were sent: never more than one read of a graph within `graphCache`, whether it worked or
 * not, and one at a time.
 */
export class GraphRefresher {
  readonly #sluice: Sluice;
  readonly #startedAt = new Map<string, number>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(sluice: Sluice) {
    this.#sluice = sluice;
  }

  /** Reads a graph in the background, unless that was tried lately. `now` is in milliseconds. */
  refresh({ id, client: reader }: Pick<ServiceDetail, 'id' | 'client'>, range: GraphRange, now: number): void {
    const key = JSON.stringify([id, reader, range]);
    const last = this.#startedAt.get(key) ?? -Infinity;
    if (now >= last && now - last < Math.max(SHORTEST_MS, this.#sluice.config.graphCache)) return;
    setNewest(this.#startedAt, key, now, MOST);
    this.#queue = this.#queue.then(() =>
      // The next page shows the last good graph with its age.
      this.#sluice.usage
        .panelGraph(id, range, { reader, signal: AbortSignal.timeout(TIMEOUT_MS) })
        .catch(() => undefined),
    );
  }
}
