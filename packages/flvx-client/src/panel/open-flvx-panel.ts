import { transportOptions, type PanelDependencies, type PanelToOpen } from '@sluice/panel-kind';
import { createFlvxClient } from '../index.js';
import { FlvxPanel } from './flvx-panel.js';
import { flvxOf } from './flvx-product.js';
import type { FlvxSettings } from './settings.js';

/** Opens the adapter of a FLVX panel. */
export function openFlvxPanel(panel: PanelToOpen, dependencies: PanelDependencies): FlvxPanel {
  const { name, timeZone, products } = panel;
  const settings = panel.settings as FlvxSettings;
  const { timeouts: _timeouts, ...transport } = transportOptions(panel, dependencies);
  const client = createFlvxClient({
    panel: name,
    baseUrl: settings.url,
    allowHttp: settings.allowHttp,
    username: settings.username,
    password: dependencies.secret(settings.password, `panels.${name}.password`),
    ...transport,
    ...(settings.timeout === undefined ? {} : { timeouts: { readMs: settings.timeout, writeMs: settings.timeout } }),
  });
  const withGroups = Object.values(products).some((product) => flvxOf(product).tunnelGroup !== undefined);
  return new FlvxPanel(name, settings, client, dependencies, {
    timeZone,
    withGroups,
    madeLimits: (service) => limitsMade(dependencies.journal, name, service),
  });
}

/** Names of the speed limits that were made on the panel for a service, or may have been. */
async function limitsMade(journal: PanelDependencies['journal'], panel: string, service: string): Promise<string[]> {
  const rows = await journal.list({ service });
  return rows
    .filter((row) => row.panel === panel && row.type === 'create-speed-limit')
    .filter((row) => row.state === 'applied' || (row.state !== 'failed' && row.calledAt !== null))
    .map((row) => row.target);
}
