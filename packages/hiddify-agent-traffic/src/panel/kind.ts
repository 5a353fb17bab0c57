import type { PanelKind } from '@sluice/panel-kind';
import { USER_REF } from '../steps/user-actions.js';
import { panelShape, productSchema, RESTRICTIONS, CAPABILITIES } from './settings.js';

const UUID = {
  fits: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  words: 'a uuid, such as 5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7',
};

/** Hiddify: users with a limit each, and agents that sell them (docs/panels/hiddify.md). */
export const hiddify: PanelKind = {
  kind: 'hiddify',
  title: 'Hiddify',
  panelShape,
  productSchema,
  descriptions: {
    'panel.url': 'Address of Hiddify with the secret path of its administration',
    'panel.apiKey': 'The Owner’s key; an agent’s does where no limits of agents are kept',
    'panel.agents': 'Limits of agents: present where they are kept',
    'panel.agents.accounting':
      'What counts against an agent’s limit. consumed: real traffic of the period. allocated: what its users’ limits promise. panel: the usage that the panel shows',
    'panel.agents.period': 'When the counting starts again: never, each calendar month, or every so many days',
    'panel.agents.period.days': 'Length of a period in days',
    'panel.agents.exempt': 'Agents, by uuid or name, that are watched only: their own users are never disabled',
    'panel.agents.releaseBelow':
      'Users are given back when their agent is below this share of its limit; 95% where nothing is said',
    'panel.agents.thresholds': 'Percentages of the limit that are announced, once a period each',
    'panel.agents.addon': 'true: limits are kept by the panel’s agent traffic add-on where it is installed',
    'panel.agents.addon.prefix': 'Path of the add-on’s API, where it is not the usual one',
    product: 'For products on Hiddify',
    'product.agent': 'Uuid of the agent that the users belong to',
    'product.packageDays': 'Days of a user without a due date, from the first use on',
    'product.mode': 'How the panel zeroes the usage by itself; no_reset: Sluice does it with each cycle',
  },
  refs: [
    { name: 'hiddify_agent_uuid', ...UUID },
    { name: 'hiddify_user_uuid', ...UUID },
  ],
  restrictions: RESTRICTIONS,
  suspension: 'disable',
  capabilities: CAPABILITIES,
  requiredRef: USER_REF,
  init: {
    defaultName: 'vpn',
    secrets: ['apiKey'],
    texts: [],
    laterKeys: ['agents: { accounting: consumed, period: monthly }'],
    product: { name: 'vpn-50', lines: ['quota: { total: 50GB }', 'hiddify: { packageDays: 30, mode: no_reset }'] },
  },
  async open(panel, dependencies) {
    const { openHiddifyPanel } = await import('./hiddify-panel.js');
    return openHiddifyPanel(hiddify, panel, dependencies);
  },
};
