import { createFlvxClient } from '@sluice/flvx-client';
import type { CallEvent } from '@sluice/panel-http';
import type { StateStore } from '@sluice/state-store';
import type { Config } from '../../config/load.js';
import type { FlvxPanelConfig } from '../../config/schema.js';
import { resolveSecret } from '../../config/secrets.js';
import type { Deps } from '../../context.js';
import { transportOptions } from '../transport.js';
import { FlvxPanel } from './flvx-panel.js';

/** Opens the adapter of a FLVX panel. */
export function openFlvxPanel(
  name: string,
  config: FlvxPanelConfig,
  all: Config,
  deps: Deps,
  onCall: (event: CallEvent) => void,
  store: Pick<StateStore, 'actions'>,
): FlvxPanel {
  const { timeouts: _timeouts, ...transport } = transportOptions(name, config, all, deps, onCall);
  const client = createFlvxClient({
    panel: name,
    baseUrl: config.url,
    allowHttp: config.allowHttp,
    username: config.username,
    password: resolveSecret(config.password, `panels.${name}.password`, { env: deps.env, dir: all.dir }),
    ...transport,
    ...(config.timeout === undefined ? {} : { timeouts: { readMs: config.timeout, writeMs: config.timeout } }),
  });
  const withGroups = Object.values(all.products).some(
    (product) => product.panel === name && product.flvx?.tunnelGroup !== undefined,
  );
  return new FlvxPanel(name, config, client, deps, {
    timeZone: config.timeZone ?? all.timeZone,
    withGroups,
    madeLimits: (service) => limitsMade(store, name, service),
  });
}

/** Names of the speed limits that were made on the panel for a service, or may have been. */
async function limitsMade(store: Pick<StateStore, 'actions'>, panel: string, service: string): Promise<string[]> {
  const rows = await store.actions.list({ service });
  return rows
    .filter((row) => row.panel === panel && row.type === 'create-speed-limit')
    .filter((row) => row.state === 'applied' || (row.state !== 'failed' && row.calledAt !== null))
    .map((row) => row.target);
}
