import { parseHiddifyLink } from '../client/link.js';
import type { CustomerLink, PanelKind, PanelToOpen } from '@sluice/panel-kind';
import {
  AGENT_REF,
  CAPABILITIES,
  type HiddifySettings,
  panelShape,
  productSchema,
  RESTRICTIONS,
  toHiddifyProduct,
  USER_REF,
} from './settings.js';
import { listApps } from './apps.js';
import { nameAction } from './name-action.js';

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
    'panel.apiKey': 'Key of the Owner; without limits of agents an agent’s key works too',
    'panel.clientPath':
      'Path of the panel for customers (proxy_path_client), as in the link of each user; subscription links need it',
    'panel.agents': 'Limits of agents; Sluice enforces them only if this section is present',
    'panel.agents.accounting':
      'What counts against an agent’s limit. consumed: traffic used in the period. allocated: the sum of its users’ limits, or of their usage if higher. panel: the usage that the panel shows',
    'panel.agents.period': 'When the counting starts again: never, each calendar month, or after a number of days',
    'panel.agents.period.days': 'Length of a period in days',
    'panel.agents.exempt':
      'Agents, by uuid or name, whose limit is reported but not enforced: their own users are never disabled. A name means the agent that has it alone when it is first read',
    'panel.agents.clients':
      'Clients who are agents, each with uuid or name of its agent, as in exempt: their pages show its budget',
    'panel.agents.releaseBelow':
      'Users are enabled again when their agent is below this share of its limit; default 95%',
    'panel.agents.thresholds': 'Percentages of the limit that are reported, each once per period',
    'panel.agents.addon': 'true: the panel’s agent traffic add-on enforces the limits',
    'panel.agents.addon.prefix': 'Path of the add-on’s API, if it is not the default',
    'panel.agents.addonIds':
      'The integer ids by which programs that were written for the add-on name agents, each with the agent’s uuid: Sluice’s own calls of the add-on accept and return them',
    product: 'For products on Hiddify',
    'product.agent': 'Uuid of the agent that the users belong to',
    'product.packageDays': 'Days that a user without a due date can be used, counted from the first use',
    'product.mode': 'How the panel itself zeroes the usage; no_reset: Sluice zeroes it with each cycle',
  },
  refs: [
    { name: AGENT_REF, ...UUID },
    { name: USER_REF, ...UUID, unique: true },
  ],
  restrictions: RESTRICTIONS,
  keepsQuota: true,
  suspension: 'disable',
  capabilities: CAPABILITIES,
  requiredRef: USER_REF,
  checkUrl: (url) => void parseHiddifyLink(url, { allowHttp: true }),
  secretPath: true,
  init: {
    defaultName: 'vpn',
    secrets: ['apiKey'],
    texts: [],
    laterKeys: [
      'clientPath: PATH                  # for subscription links',
      'agents: { accounting: consumed, period: monthly }',
    ],
    product: { name: 'vpn-50', lines: ['quota: { total: 50GB }', 'hiddify: { packageDays: 30, mode: no_reset }'] },
  },
  nameAction,
  customerLinks,
  customerApps: listApps,
  agentClients: (panel) => (panel as HiddifySettings).agents?.clients ?? {},
  addonIds: (panel) => (panel as HiddifySettings).agents?.addonIds ?? {},
  exemptAgents: (panel) => (panel as HiddifySettings).agents?.exempt ?? [],
  accountsExpire: true,
  daysFromFirstUse: (product) => toHiddifyProduct(product).packageDays,
  oldTools: { hiddify: async () => (await import('./addon-limits.js')).addonTool },
  async open(panel, dependencies) {
    const { openHiddifyPanel } = await import('./panel.js');
    return openHiddifyPanel(hiddify, panel, dependencies);
  },
};

/**
 * Returns the subscription link of a user. It needs the client path, which the API does not show (docs/panels/hiddify.md,
 * 1.1); the path of the administration is never part of it, even where the config names it as the client path.
 */
function customerLinks({ name, settings }: Pick<PanelToOpen, 'name' | 'settings'>, user: string): CustomerLink[] {
  const { url, clientPath } = settings as HiddifySettings;
  const { origin, pathname } = new URL(url);
  const isKnown = clientPath !== undefined && clientPath !== pathname.split('/')[1];
  return [
    {
      url: `${origin}/${isKnown ? clientPath : 'CLIENT-PATH'}/${user}/`,
      unknown: isKnown
        ? null
        : `Set panels.${name}.clientPath to the panel's client path, which its API does not show; the subscription link needs it in place of CLIENT-PATH`,
    },
  ];
}
