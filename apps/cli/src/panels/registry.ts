import type { CallEvent } from '@sluice/panel-http';
import type { StateStore } from '@sluice/state-store';
import type { Config } from '../config/load.js';
import type { PanelConfig } from '../config/schema.js';
import type { Deps } from '../context.js';
import type { Panel } from './panel.js';

/** What an adapter is opened with from outside. */
export interface PanelDeps extends Deps {
  /** The instant that may be relied on: the clock's, or the newest confirmed one while the clock may be wrong. */
  trustedNow: () => string;
}

/** Opens the adapter of a configured panel; the code of a kind is loaded only when it is used. */
export async function openPanel(
  name: string,
  panel: PanelConfig,
  config: Config,
  deps: PanelDeps,
  onCall: (event: CallEvent) => void,
  store: StateStore,
): Promise<Panel> {
  switch (panel.kind) {
    case 'easydcim': {
      const { openEasyDcimPanel } = await import('./easydcim/easydcim-panel.js');
      return openEasyDcimPanel(name, panel, config, deps, onCall);
    }
    case 'flvx': {
      const { openFlvxPanel } = await import('./flvx/open-flvx-panel.js');
      return openFlvxPanel(name, panel, config, deps, onCall, store);
    }
    case 'hiddify': {
      const { openHiddifyPanel } = await import('./hiddify/hiddify-panel.js');
      return openHiddifyPanel(name, panel, config, deps, onCall, store);
    }
  }
}
