import { isIP } from 'node:net';
import type { BillingKind, NoticeChannelKind } from '@sluice/contract/ports';
import {
  type AutoBuySettings,
  duration,
  type PanelKind,
  type PanelSettings,
  type ProductSettings,
  share,
  shareOrOff,
  timeZone,
  webAddress,
} from '@sluice/panel-kind';
import { type Language, LANGUAGES } from '@sluice/messages/languages';
import type { BrakeInput } from '@sluice/quota-core';
import * as z from 'zod/mini';
import { brand, type BrandSettings } from './brand-schema.js';
import { notifySchema, type NotifySettings } from './notify-schema.js';
import { autoBuy, productBase, trafficPackage } from './product-schema.js';
import {
  enforce,
  count,
  text,
  optionalText,
  filled,
  off,
  optionalEnforce,
  optionalSecret,
  optionalCurrency,
  optionalDuration,
  optionalSize,
  optionalSpeed,
  timeOfDay,
  inLanguages,
  type TextInLanguages,
} from './shared-schemas.js';

/** Lists that must be empty in this version. */
const empty = z.optional(z.tuple([]));
/** What a config file includes is in its config when the engine gets it. */
const included = z.array(z.string()).check(
  z.refine((files) => files.length === 0, {
    error: 'only a config that is read from a file can include others: state their products and packages here',
  }),
);
const variable = z
  .string()
  .check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of a variable, such as VAULT_ADDR'));

const isOrigin = (text: string): boolean => {
  const { protocol, origin, href } = new URL(text);
  return /^https?:$/.test(protocol) && href === `${origin}/`;
};

/** Of the proxy before the dashboard: scheme, host and port, with nothing that share links would repeat. */
const publicUrl = z.string().check(
  z.trim(),
  z.refine((text) => URL.canParse(text) && isOrigin(text), {
    error: 'is not an address such as https://sluice.example.com',
  }),
);

/** An address, or a network such as `10.0.0.0/8`. */
const network = filled.check(
  z.refine(
    (text) => {
      const [address = '', bits = '0', ...rest] = text.split('/');
      const longest = isIP(address) === 6 ? 128 : isIP(address) === 4 ? 32 : -1;
      return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
    },
    { error: 'is not an address or a network such as 10.0.0.0/8' },
  ),
);

const tls = z.strictObject({
  ca: optionalText,
  rejectUnauthorized: z._default(z.boolean(), true),
  pinSha256: optionalText,
});

const panelBase = {
  // As the clients read it: pasted addresses bring spaces along that only some programs ignore.
  url: z.string().check(z.trim(), z.minLength(1)),
  publicUrl: z.optional(webAddress),
  allowHttp: off,
  enforce: optionalEnforce,
  timeZone: z.optional(timeZone),
  concurrency: z.optional(count.check(z.maximum(1000))),
  adaptive: z._default(z.boolean(), true),
  requestsPerSecond: z.optional(z.number().check(z.positive())),
  timeout: optionalDuration,
  retries: z.optional(z.int().check(z.minimum(0), z.maximum(10))),
  proxy: optionalSecret,
  lineSpeed: optionalSpeed,
  tls: z.optional(tls),
};

const general = {
  timeZone: z._default(timeZone, 'UTC'),
  state: z._default(filled, './sluice.db'),
  stateFolder: z.optional(filled),
  currency: optionalCurrency,
  enforce: z._default(enforce, 'on'),
};

/** Not so short that nothing else is done. */
const wait = duration.check(z.refine((ms) => ms >= 1000, { error: 'is too short: write 1s or more' }));

const trailing = {
  packages: z._default(z.record(text, trafficPackage), {}),
  autoBuy: z.optional(autoBuy),
  poll: z.prefault(
    z.strictObject({
      interval: z._default(duration, 900_000),
      maxOvershoot: optionalSize,
      floor: z._default(wait, 60_000),
      ceiling: z._default(wait, 3_600_000),
      overdue: z._default(z.enum(['meter', 'hold', 'ignore']), 'meter'),
      panelUnreachableAfter: z._default(count, 3),
      // Without defaults: a config that states one of them has no rule for small panels.
      brake: z._default(z.strictObject({ share: z.optional(share), atLeast: z.optional(count) }), {}),
      doubt: z.prefault(z.strictObject({ jump: z._default(shareOrOff, 0.5) }), {}),
    }),
    {},
  ),
  schedule: z.prefault(
    z.strictObject({
      poll: optionalDuration,
      agentCheck: z._default(duration, 300_000),
      callBill: z._default(duration, 300_000),
      sync: z._default(duration, 900_000),
      reconcile: z.optional(timeOfDay),
    }),
    {},
  ),
  retention: z.prefault(
    z.strictObject({ apiLog: z._default(duration, 30 * 86_400_000), samples: optionalDuration }),
    {},
  ),
  graphCache: z._default(duration, 1_800_000),
  serve: z.prefault(
    z.strictObject({
      language: z.optional(z.enum(LANGUAGES)),
      listen: z._default(filled, '127.0.0.1:8787'),
      publicUrl: z.optional(publicUrl),
      trustedProxies: z._default(z.array(network), []),
      token: optionalSecret,
    }),
    {},
  ),
  brand,
  invoiceLines: z.prefault(
    z.strictObject({
      purchase: z.optional(inLanguages),
      calls: z.optional(inLanguages),
    }),
    {},
  ),
  heartbeat: optionalSecret,
  childEnv: z._default(z.array(variable), []),
  include: z._default(included, []),
  limits: empty,
};

/** No billing system besides the ledger, and no channel. */
const LEDGER_ONLY: readonly BillingKind[] = [];
const NO_CHANNELS: readonly NoticeChannelKind[] = [];
type Built = readonly [billing: readonly BillingKind[], channels: readonly NoticeChannelKind[], schema: ConfigSchema];
const schemas = new WeakMap<readonly PanelKind[], Built[]>();

/** The kinds of panels, billing systems (besides the ledger) and channels of notices that a config may name. */
export type KnownKinds = [
  kinds: readonly PanelKind[],
  billing?: readonly BillingKind[],
  channels?: readonly NoticeChannelKind[],
];

/** Returns the schema of the config for these kinds of panels, billing systems and channels; unknown keys are errors. */
export function configSchema(...[kinds, billing = LEDGER_ONLY, channels = NO_CHANNELS]: KnownKinds): ConfigSchema {
  const ofKinds = schemas.get(kinds) ?? [];
  schemas.set(kinds, ofKinds);
  const known = ofKinds.find((built) => built[0] === billing && built[1] === channels);
  if (known !== undefined) return known[2];
  const schema = buildSchema(kinds, billing, channels);
  ofKinds.push([billing, channels, schema]);
  return schema;
}

/** Returns the name of the section that products on panels of a kind may have. */
export function toSection({ kind, productSection = kind }: Pick<PanelKind, 'kind' | 'productSection'>): string {
  return productSection;
}

function productSchema(kinds: readonly PanelKind[], billing: readonly BillingKind[]): z.ZodMiniType<ProductSettings> {
  const sections = Object.fromEntries(
    [...kinds.map((kind) => ({ ...kind, kind: toSection(kind) })), ...billing].flatMap(({ kind, productSchema }) =>
      productSchema === undefined ? [] : [[kind, z.optional(productSchema)]],
    ),
  );
  return z.strictObject({ ...productBase, ...sections });
}

/** Returns what reads the settings of a product as a config has them; null where they are not valid. */
export function productParser(
  kinds: readonly PanelKind[],
  billing: readonly BillingKind[],
): (settings: unknown) => ProductSettings | null {
  const schema = productSchema(kinds, billing);
  return (settings) => schema.safeParse(settings).data ?? null;
}

/** Returns what a package is in a config; null where its settings are not valid. */
export function parsePackage(settings: unknown): Config['packages'][string] | null {
  return trafficPackage.safeParse(settings).data ?? null;
}

function buildSchema(
  kinds: readonly PanelKind[],
  billing: readonly BillingKind[],
  channels: readonly NoticeChannelKind[],
): ConfigSchema {
  const panels = kinds.map((kind) =>
    z.strictObject({ kind: z.literal(kind.kind), ...panelBase, ...kind.panelShape }),
  ) as unknown as [z.ZodMiniObject, ...z.ZodMiniObject[]];
  const systems = z.enum(['ledger', ...billing.map(({ kind }) => kind)]);
  const ofBilling = Object.fromEntries(billing.map(({ kind, schema }) => [kind, z.optional(schema)]));
  return z
    .strictObject({
      ...general,
      panels: z.record(text, z.discriminatedUnion('kind', panels)),
      products: z._default(z.record(text, productSchema(kinds, billing)), {}),
      ...trailing,
      billing: z._default(systems, 'ledger'),
      notify: notifySchema(channels),
      ...ofBilling,
    })
    .check(z.meta({ title: 'sluice.yaml' })) as unknown as z.ZodMiniType<
    z.output<z.ZodMiniObject<typeof general & typeof trailing>> &
      Pick<Config, 'panels' | 'products' | 'billing' | 'notify'>
  >;
}

/** A checked config (docs/config.md): durations in milliseconds, sizes in bytes, shares from 0 to 1. */
export interface Config {
  timeZone: string;
  /** Path of the state file, or the address of a database on PostgreSQL, which may be a reference to a secret. */
  state: string;
  /** With PostgreSQL: folder of the files that stand beside a state file otherwise. */
  stateFolder?: string | undefined;
  currency?: string | undefined;
  enforce: 'on' | 'observe';
  panels: Record<string, PanelSettings>;
  products: Record<string, ProductSettings>;
  packages: Record<
    string,
    { name?: string | undefined; traffic: number; price: string; currency?: string | undefined; taxed: boolean }
  >;
  autoBuy?: AutoBuySettings | undefined;
  /** `ledger`, or the kind of a billing system; the section of each kind has its name (`billingSettings`). */
  billing: string;
  poll: {
    interval: number;
    /** How much more than a limit a service may use before it is held, in bytes; absent: each poll reads all services. */
    maxOvershoot?: number | undefined;
    /** Shortest time between two readings of a service. */
    floor: number;
    /** Longest time between them. */
    ceiling: number;
    overdue: 'meter' | 'hold' | 'ignore';
    /** Runs in which a panel has to fail before a notice. */
    panelUnreachableAfter: number;
    brake: BrakeInput['stated'];
    /** Share of an allowance by which one reading may begin a hold; null is any. */
    doubt: { jump: number | null };
  };
  /** `poll`, where stated, equals `poll.interval`; `reconcile` is a local time such as `04:17`. */
  schedule: {
    poll?: number | undefined;
    agentCheck: number;
    callBill: number;
    sync: number;
    reconcile?: string | undefined;
  };
  /** In milliseconds; without `samples`, readings are thinned by their age. */
  retention: { apiLog: number; samples?: number | undefined };
  graphCache: number;
  serve: {
    /** The language of customers' pages where nothing else says it. */
    language?: Language | undefined;
    listen: string;
    publicUrl?: string | undefined;
    trustedProxies: string[];
    token?: string | undefined;
  };
  brand: BrandSettings;
  /** Texts of lines on invoices with placeholders in braces, for all clients or by language; absent: those of the catalogue. */
  invoiceLines: { purchase?: TextInLanguages | undefined; calls?: TextInLanguages | undefined };
  notify?: NotifySettings[] | undefined;
  heartbeat?: string | undefined;
  /** Variables of the environment that programs get beside those that every program gets. */
  childEnv: string[];
  /** Absolute paths of the files that a config file includes: their products and packages are in this config. */
  include: string[];
  limits?: [] | undefined;
}

/** Schema of a config. */
export type ConfigSchema = z.ZodMiniType<Config>;
