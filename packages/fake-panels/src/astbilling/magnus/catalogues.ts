import { plainText } from '../plain-text.js';
import { readText } from '../php-form.js';
import type { AstWorld } from '../world.js';
import { databaseError, MagnusStop } from './answers.js';
import { catalogueModule, decimal, id, plain, status, whole } from './catalogue.js';
import { broken, type MagnusModule, refuseTaken } from './module.js';
import { checkFields } from './rules.js';
import { lines } from './users.js';

const toName = (
  rows: ReadonlyMap<string, { readonly fields: Readonly<Record<string, unknown>> }>,
  key: unknown,
): unknown => rows.get(String(key))?.fields.name ?? null;

export const plans = catalogueModule({
  kind: 'plans',
  table: 'plan',
  unique: 'name',
  rules: { name: { type: 'text', max: 100, required: true } },
  columns: {
    id_user: whole(undefined, 1),
    name: plain('name'),
    lcrtype: whole(undefined, 0),
    creationdate: plain(undefined),
    removeinterprefix: whole(undefined, 1),
    signup: whole(undefined, 0),
    portabilidadeMobile: whole(undefined, 0),
    portabilidadeFixed: whole(undefined, 0),
    ini_credit: decimal(undefined, 5),
    techprefix: plain(undefined),
    play_audio: whole(undefined, 0),
    tariff_limit: whole(undefined, 3),
  },
  joinedNames: ['id_services', 'idUserusername'],
  joined: (world, row) => ({ creationdate: madeAt(world, row.extra.at), id_services: [], idUserusername: 'root' }),
  neededBy: (world, planId) => {
    if ([...world.catalogue.rates.values()].some(({ fields }) => fields.plan_id === planId)) return 'Ratecard';
    return lines(world).some((line) => line.planId === planId) ? 'Users' : undefined;
  },
});

export const providers = catalogueModule({
  kind: 'carriers',
  table: 'provider',
  unique: 'provider_name',
  rules: { provider_name: { type: 'text', size: 30, required: true } },
  columns: {
    provider_name: plain('name'),
    creationdate: plain(undefined),
    description: plain(undefined, null),
    credit: decimal(undefined, 5),
    credit_control: whole(undefined, 0),
  },
  joined: (world, row) => ({ creationdate: madeAt(world, row.extra.at) }),
  neededBy: (world, key) =>
    [...world.catalogue.trunks.values()].some(({ fields }) => fields.carrier_id === key) ? 'Trunk' : undefined,
});

const needed = ['fromdomain', 'language', 'sms_res', 'link_sms', 'user', 'secret'];

export const trunks = catalogueModule({
  kind: 'trunks',
  table: 'trunk',
  rules: {
    trunkcode: { type: 'text', max: 50, required: true },
    id_provider: { type: 'id', required: true },
    allow: { type: 'text', required: true },
    providertech: { type: 'text', required: true },
    host: { type: 'text', required: true },
  },
  columns: {
    id_provider: id('carrier_id'),
    trunkcode: plain('name'),
    host: plain('host'),
    fromdomain: plain(undefined),
    trunkprefix: plain('add_prefix', null),
    providertech: plain(undefined, 'sip'),
    removeprefix: plain('strip_digits', null),
    secondusedreal: whole(undefined, 0),
    inuse: whole(undefined, 0),
    maxuse: whole('max_channels', -1),
    status,
    user: plain('username'),
    secret: plain('password'),
    allow: plain(undefined, 'alaw'),
    link_sms: plain(undefined),
    sms_res: plain(undefined),
    language: plain(undefined),
    transport: plain('transport', 'no'),
    port: { ...plain('port', '5060'), show: String },
  },
  joinedNames: ['creationdate', 'idProviderprovider_name', 'failoverTrunktrunkcode'],
  joined: (world, row) => ({
    creationdate: madeAt(world, row.extra.at),
    idProviderprovider_name: toName(world.catalogue.carriers, row.fields.carrier_id),
    failoverTrunktrunkcode: null,
  }),
  check: (world, form, creating) => {
    const missing = needed.find((name) => readText(form, name) === undefined);
    if (creating && missing !== undefined) {
      throw new MagnusStop(databaseError('HY000', `1364 Field '${missing}' doesn't have a default value`, 'trunk'));
    }
    refuseOrphan(world.catalogue.carriers, readText(form, 'id_provider'), 'trunk');
  },
});

export const trunkGroups = catalogueModule({
  kind: 'routes',
  table: 'trunk_group',
  unique: 'name',
  rules: { name: { type: 'text', required: true } },
  columns: {
    name: plain('name'),
    type: whole(undefined, 1),
    description: plain(undefined, null),
    weight: plain(undefined, null),
  },
  joinedNames: ['id_trunk'],
  joined: (_world, row) => ({ id_trunk: ((row.fields.trunk_ids ?? []) as string[]).map(Number) }),
  check: (_world, form) => {
    if (typeof form.id_trunk !== 'object') throw broken('Undefined array key "id_trunk"');
  },
  after: (_world, row, form) => {
    row.fields.trunk_ids = Object.values(form.id_trunk ?? {}).map(String);
  },
  neededBy: (world, key) =>
    [...world.catalogue.rates.values()].some(({ fields }) => fields.route_id === key) ? 'Ratecard' : undefined,
});

export const rates = catalogueModule({
  kind: 'rates',
  table: 'rate',
  rules: {
    id_plan: { type: 'id', required: true },
    rateinitial: { type: 'decimal' },
    connectcharge: { type: 'decimal' },
    disconnectcharge: { type: 'decimal' },
  },
  columns: {
    id_plan: id('plan_id'),
    id_trunk_group: id('route_id'),
    id_prefix: whole(undefined, null),
    rateinitial: decimal('price_per_minute', 6),
    initblock: whole('initial_increment_seconds', 1),
    billingblock: whole('increment_seconds', 1),
    connectcharge: decimal('connection_fee', 5),
    disconnectcharge: decimal(undefined, 5),
    additional_grace: plain(undefined, '0'),
    minimal_time_charge: whole('min_chargeable_seconds', 0),
    package_offer: whole(undefined, 0),
    status,
    dialprefix: plain(undefined, null),
    destination: plain(undefined, null),
  },
  joinedNames: ['idTrunkGroupname', 'idPlanname', 'idPrefixdestination', 'idPrefixprefix'],
  joined: (world, row) => {
    const key = row.extra.id_prefix ?? ratePrefix(world, row.fields);
    const prefix = world.prefixes.get(Number(key));
    return {
      id_prefix: key,
      idTrunkGroupname: toName(world.catalogue.routes, row.fields.route_id),
      idPlanname: toName(world.catalogue.plans, row.fields.plan_id),
      idPrefixdestination: prefix?.destination ?? null,
      idPrefixprefix: prefix?.prefix ?? null,
    };
  },
  check: (world, form, creating) => {
    const missing = ['id_prefix', 'id_trunk_group'].find((name) => readText(form, name) === undefined);
    if (creating && missing !== undefined) {
      throw new MagnusStop(databaseError('HY000', `1364 Field '${missing}' doesn't have a default value`, 'rate'));
    }
    refuseOrphan(world.catalogue.plans, readText(form, 'id_plan'), 'rate');
    refuseOrphan(world.catalogue.routes, readText(form, 'id_trunk_group'), 'rate');
  },
  after: (world, row) => {
    const prefix = world.prefixes.get(Number(row.extra.id_prefix ?? ratePrefix(world, row.fields)));
    row.fields.prefix = prefix?.prefix ?? 'unknown';
    row.fields.description = prefix?.destination ?? null;
  },
});

/** The prefix of a rate that came by another wire. */
function ratePrefix(world: AstWorld, fields: Readonly<Record<string, unknown>>): number | null {
  const { prefix, description } = fields;
  return typeof prefix === 'string' ? world.prefixId(prefix, plainText(description)) : null;
}

const madeAt = (world: AstWorld, at: unknown): string => world.time.sql(typeof at === 'number' ? at : world.now());

function refuseOrphan(parents: ReadonlyMap<string, unknown>, key: string | undefined, table: string): void {
  if (key === undefined || key === '' || parents.has(key)) return;
  const detail = `1452 Cannot add or update a child row: a foreign key constraint fails (\`mbilling\`.\`pkg_${table}\`)`;
  throw new MagnusStop(databaseError('23000', detail, table));
}

export const prefixes: MagnusModule = {
  columns: new Set(['id', 'prefix', 'destination']),
  rows: (world) => [...world.prefixes.values()].map((row) => ({ ...row })),
  save: (world, form, key) => {
    const rules = {
      prefix: { type: 'text', size: 18, required: true },
      destination: { type: 'text', size: 60, required: true },
    } as const;
    checkFields(rules, form, { creating: key === null, table: 'prefix' });
    const row = key === null ? undefined : world.prefixes.get(Number(key));
    const others = [...world.prefixes.values()].filter((one) => one !== row).map(({ prefix }) => prefix);
    refuseTaken(world, others, { name: 'prefix', value: readText(form, 'prefix') });
    const made = row?.id ?? world.prefixId(readText(form, 'prefix') ?? '', readText(form, 'destination') ?? '');
    Object.assign(world.prefixes.get(made) ?? {}, {
      prefix: readText(form, 'prefix') ?? row?.prefix,
      destination: readText(form, 'destination') ?? row?.destination,
    });
    return String(made);
  },
  // Rates that use it keep its id.
  destroy: (world, key) => {
    for (const rate of world.catalogue.rates.values()) rate.extra.id_prefix ??= ratePrefix(world, rate.fields);
    return world.prefixes.delete(Number(key));
  },
};
