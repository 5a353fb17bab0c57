import type { PanelKind } from '@sluice/panel-kind';
import { panelShape, RESTRICTIONS, CAPABILITIES, SUSPENSION } from './settings.js';

const DIGITS = { fits: /^(0|[1-9]\d{0,19})$/, words: 'digits without a leading zero, as EasyDCIM shows its ids' };

/** EasyDCIM: servers with billing-cycle windows, ports and orders (docs/panels/easydcim.md). */
export const easydcim: PanelKind = {
  kind: 'easydcim',
  title: 'EasyDCIM',
  panelShape,
  descriptions: {
    'panel.url': 'Address of EasyDCIM; what is pasted behind it (/backend, /api/v3/admin) is cut off',
    'panel.token': 'API token of an administrator',
    'panel.impersonate':
      'Id or e-mail of the EasyDCIM user whose eyes all services are read with; a service’s own easydcim_user wins',
    'panel.impersonateFallback': 'Ask as the administrator where the panel refuses the impersonated user',
    'panel.units': 'Unit of the bandwidth figures that the panel answers with, where it states none',
    'panel.requestUnits': 'Unit that the panel is asked for, where it takes one',
    'panel.graphDates': 'How the dates of a graph are sent: as text or as Unix seconds',
    'panel.managementPorts': 'Ports whose name or description matches are never disabled',
    'panel.trafficDirection': 'swapped: what the panel calls in is out for the customer',
  },
  refs: [
    { name: 'easydcim_service_id', ...DIGITS, required: true },
    { name: 'easydcim_order_id', ...DIGITS },
    { name: 'easydcim_server_id', ...DIGITS },
    {
      name: 'easydcim_user',
      fits: /^(\d{1,20}|[^\s\p{C}@/?#%]{1,64}@[\p{L}\p{N}.-]{1,190})$/u,
      words: 'the id (digits) or the e-mail address of an EasyDCIM user',
    },
  ],
  restrictions: RESTRICTIONS,
  suspension: SUSPENSION,
  capabilities: CAPABILITIES,
  requiredRef: 'easydcim_service_id',
  init: {
    defaultName: 'dcim',
    secrets: ['token'],
    texts: [{ key: 'impersonate', default: null }],
    laterKeys: [
      'impersonate: admin@example.com    # user of the panel for all services',
      'trafficDirection: swapped         # what the panel calls in is out',
    ],
    product: {
      name: 'ded-10tb',
      lines: [
        'quota: { total: 10TB }            # any of in, out, total; a size or unlimited',
        'mode: TOTAL                       # what counts: IN, OUT or TOTAL',
        'action: disable-ports             # or suspend-order, or both',
      ],
    },
  },
  async open(panel, dependencies) {
    const { openEasyDcimPanel } = await import('./easydcim-panel.js');
    return openEasyDcimPanel(easydcim, panel, dependencies);
  },
};
