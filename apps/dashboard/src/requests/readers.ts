import type { Sluice } from '@sluice/engine';
import { PanelReads } from './panel-reads.js';
import { GraphRefresher } from './refresh-graphs.js';

/** What the pages of clients read panels with: the same for all who show a client's figures. */
export interface Readers {
  reads: PanelReads;
  graphs: GraphRefresher;
}

/** Returns the readers of a server. */
export function createReaders(sluice: Sluice): Readers {
  return { reads: new PanelReads(), graphs: new GraphRefresher(sluice) };
}
