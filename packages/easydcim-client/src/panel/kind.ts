import type { PanelKind } from '@sluice/panel-kind';
import { CAPABILITIES, MILDEST_FIRST, panelShape, RESTRICTIONS, SUSPENSION } from './settings.js';

const DIGITS = { fits: /^(0|[1-9]\d{0,19})$/, words: 'digits without a leading zero: an id of EasyDCIM' };

/** The panel kind EasyDCIM: servers with billing-cycle windows, ports and orders (docs/panels/easydcim.md). */
export const easydcim: PanelKind = {
  kind: 'easydcim',
  title: 'EasyDCIM',
  panelShape,
  descriptions: {
    'panel.url': 'Address of EasyDCIM; a pasted ending (/backend, /api/v3/admin) is removed',
    'panel.token': 'API token of an administrator',
    'panel.impersonate':
      'Id or e-mail of the EasyDCIM user on whose behalf services are read; a service’s own easydcim_user has priority',
    'panel.impersonateFallback': 'Read as the administrator if the panel refuses the impersonated user',
    'panel.units': 'Unit of the bandwidth figures in the panel’s answers; default bytes',
    'panel.requestUnits': 'Unit to request from the panel, if the panel supports it',
    'panel.graphDates': 'Form of the dates in graph requests: text or Unix seconds',
    'panel.managementPorts': 'Ports whose name or description matches are never disabled',
    'panel.trafficDirection': 'swapped: the panel’s in is the customer’s out',
  },
  refs: [
    { name: 'easydcim_service_id', ...DIGITS, required: true, unique: true },
    { name: 'easydcim_order_id', ...DIGITS, unique: true },
    { name: 'easydcim_server_id', ...DIGITS },
    {
      name: 'easydcim_user',
      fits: /^(\d{1,20}|[^\s\p{C}@/?#%]{1,64}@[\p{L}\p{N}.-]{1,190})$/u,
      words: 'the id (digits) or the e-mail address of an EasyDCIM user',
    },
  ],
  restrictions: RESTRICTIONS,
  mildestFirst: MILDEST_FIRST,
  suspension: SUSPENSION,
  capabilities: CAPABILITIES,
  requiredRef: 'easydcim_service_id',
  init: {
    defaultName: 'dcim',
    secrets: ['token'],
    texts: [{ key: 'impersonate', default: null }],
    laterKeys: [
      'impersonate: admin@example.com    # user of the panel for all services',
      "trafficDirection: swapped         # the panel's in is the customer's out",
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
  nameAction: ({ type, target, prior }) => {
    const [verb = '', object = ''] = type.split('-');
    const { name } = (prior ?? {}) as { name?: unknown };
    return typeof name === 'string' && name !== ''
      ? `${verb} ${object} ${name} (${target})`
      : `${verb} ${object} ${target}`;
  },
  oldTools: { 'easydcim-bw': async () => (await import('./old-tool/index.js')).easydcimBw },
  async open(panel, dependencies) {
    const { openEasyDcimPanel } = await import('./panel.js');
    return openEasyDcimPanel(easydcim, panel, dependencies);
  },
};
