import type { NamedAction, OldTool, PanelKind } from '@sluice/panel-kind';
import type { SourceFacts } from '@sluice/quota-core';
import {
  CAPABILITIES,
  LINE_REF,
  panelShape,
  productSchema,
  RESTRICTIONS,
  SECTION,
  toBillFrom,
  toLineProduct,
  USERNAME_REF,
} from './settings.js';

const WORD = { fits: /^(?!\.{1,2}$)[\w.-]{1,64}$/, words: 'letters, digits and . _ - only, at most 64 characters' };

const FACTS: SourceFacts = {
  order_id: 'order',
  [USERNAME_REF]: 'domain',
  first_name: 'first-name',
  last_name: 'last-name',
  email: 'email',
  document: 'tax-number',
  channels: 'option',
};

async function openOldTool(title: string): Promise<OldTool> {
  return (await import('./old/old-tool.js')).createOldTool(title);
}

/** A panel of either kind may have the profile of the other. */
const OLD_TOOLS: NonNullable<PanelKind['oldTools']> = {
  astbilling: () => openOldTool('Astbilling modules for WHMCS'),
  magnusbilling: () => openOldTool('MagnusBilling with WHMCS'),
};

const OBJECTS: Record<string, string> = { subscriber: 'line', did: 'number', customer: 'customer' };

/** Returns the name of a change for operators: `suspend line 9001`. */
function nameAction({ type, target }: NamedAction): string {
  const [verb = '', object = ''] = type.split('-');
  return `${verb} ${OBJECTS[object] ?? object} ${target}`;
}

type OwnParts = Pick<PanelKind, 'kind' | 'title'> & { profile: 'default' | 'magnusbilling'; token: string };

function describeKeys({ profile, token }: OwnParts): PanelKind['descriptions'] {
  return {
    'panel.url': 'Address of the system; the path of its API comes from the profile',
    'panel.token': token,
    'panel.profile': `How the system speaks: default, magnusbilling, or a file, relative to the config file; default ${profile}`,
    'panel.billFrom': 'First day whose calls are billed without naming a period',
    'panel.country': 'Country whose rules numbers are read by',
    'panel.currency': 'Currency of its amounts, if it differs from the top-level one',
    'panel.installation':
      'Part of the identity of every bill; default: the name of the panel. Set it to the old name when the panel is renamed. Each panel has its own',
    product: 'For products on telephony panels',
    'product.planId': 'Id of the plan',
    'product.plan': 'Exact name of the plan, instead of planId',
    'product.billingType': 'postpaid: calls are billed. prepaid: they are paid already',
    'product.creditLimit':
      'Credit that a new line may use, as text; nothing is granted without it. On MagnusBilling a whole number, which all calls of the line use up: refill on the panel what was invoiced',
    'product.period': 'Which calls a bill has: those of the month before, or from the day on which the line was made',
    'product.customerMay':
      'What customers may change on their own pages: destination of a number, caller_id and sip_password of the line; nothing by default',
    'product.grace': 'How long after its end a period stays open, because records of long calls come late',
  };
}

/** What the kinds share; each has a profile of its own where the config names none. */
function telephonyKind(own: OwnParts): PanelKind {
  const { profile, token: _token, ...names } = own;
  const kind: PanelKind = {
    ...names,
    panelShape,
    productSchema,
    productSection: SECTION,
    descriptions: describeKeys(own),
    refs: [
      { name: LINE_REF, ...WORD, unique: true, exclusive: true },
      { name: USERNAME_REF, ...WORD },
    ],
    facts: FACTS,
    restrictions: RESTRICTIONS,
    mildestFirst: RESTRICTIONS,
    suspension: 'suspend',
    wideSuspension: 'suspend-with-dids',
    capabilities: CAPABILITIES,
    requiredRef: LINE_REF,
    confirmedBy: USERNAME_REF,
    init: {
      defaultName: 'voice',
      secrets: ['token'],
      texts: [],
      laterKeys: [
        'billFrom: 2026-12-01              # first day whose calls are billed',
        'profile: ./profile.json           # of another system',
      ],
      product: { name: 'line', lines: ['astbilling: { planId: "1", billingType: postpaid }'] },
    },
    ...{ nameAction, billFrom: toBillFrom },
    oldTools: OLD_TOOLS,
    customerMay: (product) => toLineProduct(product).customerMay,
    async lacks(panel, dependencies) {
      const [{ findLacks }, { findProfile }] = await Promise.all([import('./lacks.js'), import('./open.js')]);
      return findLacks(findProfile({ ...panel, profile }, dependencies));
    },
    async open(panel, dependencies) {
      const { openTelephonyPanel } = await import('./open.js');
      return openTelephonyPanel(kind, { ...panel, profile }, dependencies);
    },
  };
  return kind;
}

/**
 * Astbilling, and every system that a profile describes: lines, numbers, calls and their bills (docs/panels/astbilling.md).
 *
 * @example
 * import { astbilling } from '@sluice/astbilling-client/panel';
 *
 * const kinds = [astbilling]; // the kinds of panel that Sluice's engine is opened with
 */
export const astbilling: PanelKind = telephonyKind({
  kind: 'astbilling',
  title: 'Astbilling',
  profile: 'default',
  token: 'Token of its API; KEY:SECRET or USER:PASSWORD where the profile signs requests or uses basic authentication',
});

/** MagnusBilling: the same with its profile (docs/panels/magnusbilling.md). */
export const magnusbilling: PanelKind = telephonyKind({
  kind: 'magnusbilling',
  title: 'MagnusBilling',
  profile: 'magnusbilling',
  token: 'KEY:SECRET of an API key that belongs to an administrator',
});
