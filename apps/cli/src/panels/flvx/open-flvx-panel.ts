import { createFlvxClient } from '@sluice/flvx-client';
import type { CallEvent } from '@sluice/panel-http';
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
  return new FlvxPanel(name, config, client, deps, { timeZone: config.timeZone ?? all.timeZone, withGroups });
}
