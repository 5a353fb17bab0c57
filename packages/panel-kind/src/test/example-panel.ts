import { type Panel, type PanelDependencies, type PanelToOpen, transportOptions } from '../index.js';

/** Stands for an adapter: it has the name and the options of its transport, and no calls. */
export function openExamplePanel(panel: PanelToOpen, dependencies: PanelDependencies): Promise<Panel> {
  const adapter = { name: panel.name, transport: transportOptions(panel, dependencies) };
  return Promise.resolve(adapter as unknown as Panel);
}
