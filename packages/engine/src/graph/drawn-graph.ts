import type { PanelFigures } from './panel-figures.js';
import type { GraphWindow } from './window.js';

/** A service's graph on its panel. */
export interface DrawnGraph {
  service: string;
  panel: string;
  window: GraphWindow;
  timeZone: string;
  /** When the panel was read, which is earlier for a cached answer; null for a range without readings. */
  readAt: string | null;
  /** Null for a picture. */
  figures: PanelFigures | null;
  picture: Uint8Array | null;
}
