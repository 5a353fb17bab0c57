// example
import { secret, type Panel, type PanelKind } from '../index.js';

export const example: PanelKind = {
  kind: 'example',
  title: 'Example',
  panelShape: { token: secret },
  descriptions: { 'panel.token': 'Token of an administrator' },
  refs: [{ name: 'example_id', fits: /^\d+$/, words: 'a number', required: true }],
  restrictions: ['suspend'],
  suspension: 'suspend',
  requiredRef: 'example_id',
  capabilities: ['usage', 'window-usage', 'enforce', 'suspend'],
  init: {
    defaultName: 'example',
    secrets: ['token'],
    texts: [],
    laterKeys: [],
    product: { name: 'basic', lines: ['quota: { total: 1TB }'] },
  },
  async open(panel, dependencies): Promise<Panel> {
    const { openExamplePanel } = await import('./example-panel.js');
    return openExamplePanel(panel, dependencies);
  },
};
// end of example
