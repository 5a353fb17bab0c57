import { type Capability, type PanelSettings, type ProductSettings, secret, share } from '@sluice/panel-kind';
import type { AgentRules } from '@sluice/quota-core/agents';
import * as z from 'zod/mini';

/** Ref with the uuid of a service's user. */
export const USER_REF = 'hiddify_user_uuid';

/** Ref with the uuid of the agent that owns the user; overrides the product's. */
export const AGENT_REF = 'hiddify_agent_uuid';

const count = z.int().check(z.positive());

/** Any form of a uuid: which agent it is, the panel says. */
const agentUuid = z.string().check(
  z.regex(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, {
    error: 'is not a uuid: copy the one of the agent',
  }),
);

const addonIds = z.record(z.string(), agentUuid).check(
  z.refine((ids) => Object.keys(ids).every((id) => /^[1-9]\d{0,9}$/.test(id)), {
    error: 'a key here is not an id of the add-on: write whole numbers above 0',
  }),
  z.refine((ids) => new Set(Object.values(ids).map((uuid) => uuid.toLowerCase())).size === Object.keys(ids).length, {
    error: 'an agent has two ids here: keep the one that the add-on had',
  }),
);

const agents = z.strictObject({
  accounting: z._default(z.enum(['consumed', 'allocated', 'panel']), 'consumed'),
  period: z._default(
    z.union([z.enum(['none', 'monthly']), z.strictObject({ days: z.int().check(z.positive(), z.lte(3660)) })]),
    'none',
  ),
  exempt: z._default(z.array(z.string()), []),
  releaseBelow: z._default(share.check(z.gte(0.01)), 0.95),
  clients: z._default(z.record(z.string(), z.string().check(z.minLength(1))), {}),
  thresholds: z._default(z.array(z.int().check(z.positive(), z.lte(1000))), [80, 90, 100]),
  addonIds: z._default(addonIds, {}),
  addon: z._default(z.union([z.boolean(), z.strictObject({ prefix: z.string() })]), false),
});

const clientPath = z
  .string()
  .check(z.regex(/^[\w-]+$/, { error: 'is not the client path: write one part of the address, without slashes' }));

/** Config keys of a Hiddify panel beside those of every panel. */
export const panelShape = { apiKey: secret, clientPath: z.optional(clientPath), agents: z.optional(agents) };

/** When a panel itself zeroes a usage, as the config names it. */
export const MODES = ['no_reset', 'monthly', 'weekly', 'daily'] as const;

/** Section `hiddify` of a product. */
export const productSchema = z.strictObject({
  agent: z.optional(z.string()),
  packageDays: z._default(count, 90),
  mode: z._default(z.enum(MODES), 'no_reset'),
});

/** Config of a Hiddify panel, checked. */
export type HiddifySettings = PanelSettings & {
  [Key in keyof typeof panelShape]: z.output<(typeof panelShape)[Key]>;
};

/** Section `hiddify` of a product, checked. */
export type HiddifyProduct = z.output<typeof productSchema>;

/** Restrictions that a product may name as its `action`; the first is the default. */
export const RESTRICTIONS: readonly string[] = ['disable'];

/** What the panel can do. */
export const CAPABILITIES: readonly Capability[] = [
  'usage',
  'counter-usage',
  'enforce',
  'suspend',
  'accounts',
  'agents',
];

/** A panel without a section `agents`. */
const defaultAgents = z.parse(agents, {});

/** A product without a section `hiddify`. */
const defaultProduct = z.parse(productSchema, {});

/** Returns the product's section, with defaults. */
export function toHiddifyProduct(product: ProductSettings): HiddifyProduct {
  return (product['hiddify'] as HiddifyProduct | undefined) ?? defaultProduct;
}

/** Returns the rules of a panel's agents, with defaults. */
export function toAgentRules(settings: Pick<HiddifySettings, 'agents'>, timeZone: string): AgentRules {
  const { accounting, period, exempt, releaseBelow, thresholds } = settings.agents ?? defaultAgents;
  const releaseBelowPercent = Math.round(releaseBelow * 100);
  return { accounting, period, timeZone, exempt: exempt.map((agent) => agent.trim()), releaseBelowPercent, thresholds };
}
