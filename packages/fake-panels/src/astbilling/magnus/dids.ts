import type { FakeResponse } from '../../core/fake-response.js';
import { atScale, fromUnits, toDecimal, unitsAt } from '../decimal.js';
import type { DestinationRow, DidRow, SubscriberRow } from '../model.js';
import { fromDigits, toDigits } from '../phone.js';
import { type PhpArray, readText } from '../php-form.js';
import type { AstWorld } from '../world.js';
import { brokenPage, databaseError, done, inUse, json, type Json, MagnusStop } from './answers.js';
import { didDefaults } from './defaults.js';
import { type MagnusModule, parseNumber } from './module.js';
import { PhpFloat } from './php-json.js';
import { checkFields, type Rules } from './rules.js';
import { lines } from './users.js';

const rules: Rules = {
  did: { type: 'text', max: 50, required: true },
  description: { type: 'text', max: 150 },
  calllimit: { type: 'number' },
  fixrate: { type: 'decimal' },
  connection_charge: { type: 'decimal' },
};

const present = (world: AstWorld): DidRow[] => [...world.dids.values()].filter(({ status }) => status !== 'terminated');

export const dids: MagnusModule = {
  columns: new Set(Object.keys(didDefaults)),
  list: 'dids',
  rows: (world) => present(world).map((row) => didRow(world, row)),
  save: saveDid,
  destroy: (world, id, form) => {
    // The panel's own body fields break it.
    if (Object.keys(form).some((name) => name !== 'id')) return brokenPage('PHP warning', 'Undefined variable $ids');
    const row = present(world).find((one) => one.id === id);
    if (row === undefined) return false;
    if (row.subscriberId !== null) return inUse('Did');
    row.status = 'terminated';
    return true;
  },
  actions: { liberar, buy },
};

function didRow(world: AstWorld, row: DidRow): Json {
  const changed = world.time.sql(row.changedAt);
  const owner = row.subscriberId === null ? undefined : world.subscribers.get(row.subscriberId);
  return {
    ...didDefaults,
    ...row.extra,
    id: Number(row.id),
    id_user: row.subscriberId === null ? null : Number(row.subscriberId),
    activated: row.status === 'suspended' ? 0 : 1,
    reserved: row.extra.reserved ?? (row.subscriberId === null ? 0 : 1),
    did: toDigits(row.number),
    creationdate: changed,
    startingdate: changed,
    description: row.externalRef,
    fixrate: new PhpFloat(Number(row.monthlyPrice)),
    connection_charge: atScale(row.setupPrice, 5),
    calllimit: row.channels ?? -1,
    idUserusername: owner?.username ?? null,
  };
}

function saveDid(world: AstWorld, form: PhpArray, id: string | null): string {
  checkFields(rules, form, { creating: id === null, table: 'did' });
  const number = readText(form, 'did');
  const row = id === null ? undefined : world.dids.get(id);
  const isTaken = number !== undefined && present(world).some((one) => one !== row && toDigits(one.number) === number);
  if (isTaken) throw new MagnusStop(databaseError('23000', `1062 Duplicate entry '${number}' for key 'did'`, 'did'));
  const target = row ?? world.dids.get(world.addDid({ number: fromDigits(number ?? '') }));
  if (target === undefined) throw new RangeError('a DID was not made');
  write(world, target, form);
  return target.id;
}

function write(world: AstWorld, row: DidRow, form: PhpArray): void {
  const number = readText(form, 'did');
  if (number !== undefined) row.number = fromDigits(number);
  const activated = parseNumber(form, 'activated');
  if (activated !== undefined)
    row.status = activated === 0 ? 'suspended' : row.subscriberId === null ? 'available' : 'active';
  const limit = parseNumber(form, 'calllimit');
  if (limit !== undefined) row.channels = limit === -1 ? null : limit;
  const description = readText(form, 'description');
  if (description !== undefined) row.externalRef = description;
  row.monthlyPrice = readText(form, 'fixrate') ?? row.monthlyPrice;
  row.setupPrice = readText(form, 'connection_charge') ?? row.setupPrice;
  const owner = readText(form, 'id_user');
  // Without a destination: its calls go nowhere.
  if (owner !== undefined) {
    row.extra.reserved ??= row.subscriberId === null ? 0 : 1;
    row.subscriberId = owner === '' ? null : owner;
  }
  for (const column of ['reserved', 'record_call', 'country', 'callerid']) {
    const value = readText(form, column);
    if (value !== undefined) row.extra[column] = typeof didDefaults[column] === 'number' ? Number(value) : value;
  }
  row.changedAt = world.now();
}

function listIds(text: string): unknown[] {
  try {
    const ids: unknown = JSON.parse(text);
    return Array.isArray(ids) ? ids : [];
  } catch {
    return [];
  }
}

/** Empties the owners and removes the destinations; unknown ids are no error. */
function liberar(world: AstWorld, form: PhpArray): FakeResponse {
  for (const id of listIds(readText(form, 'ids') ?? '')) {
    const row = world.dids.get(String(id));
    // A number whose owner was set by hand is not reserved, and stays as it is.
    if (row === undefined || row.extra.reserved === 0) continue;
    row.subscriberId = null;
    delete row.extra.reserved;
    if (row.status === 'active') row.status = 'available';
    for (const [key, { didId }] of world.destinations) if (didId === row.id) world.destinations.delete(key);
  }
  return json({ success: true, msg: done });
}

const toPrice = (row: DidRow): bigint =>
  unitsAt(toDecimal(row.monthlyPrice), 4) + unitsAt(toDecimal(row.setupPrice), 4);

/** As a destination for the user's first SIP account; the credit limit does not count here. */
function buy(world: AstWorld, form: PhpArray): FakeResponse {
  const row = world.dids.get(readText(form, 'id') ?? '');
  const user = lines(world).find((line) => line.id === readText(form, 'id_user'));
  if (row === undefined || user === undefined)
    return brokenPage('PHP warning', 'Attempt to read property "credit" on null');
  if (user.credit < toPrice(row)) return json({ success: false, msg: 'You not have enough credit to buy the DID' });
  if (row.subscriberId !== null)
    return json({ success: false, msg: 'The DID has already been activated for another user.' });
  take(world, row, user);
  world.addDestination(row.id, user.id);
  return json({ success: true, msg: 'The DID has been activated for you.' });
}

function take(world: AstWorld, row: DidRow, user: SubscriberRow): void {
  row.subscriberId = user.id;
  row.extra.reserved = 1;
  if (row.status === 'available') row.status = 'active';
  user.credit -= toPrice(row);
  row.changedAt = world.now();
}

const destinationColumns = [
  'id',
  'id_user',
  'id_ivr',
  'id_sip',
  'id_queue',
  'id_did',
  'destination',
  'context',
  'priority',
  'creationdate',
  'activated',
  'secondusedreal',
  'voip_call',
  'idUserusername',
  'idDiddid',
  'idIvrname',
  'idQueuename',
  'idSipname',
];

export const destinations: MagnusModule = {
  columns: new Set(destinationColumns),
  rows: (world) => [...world.destinations.values()].map((row) => destinationRow(world, row)),
  save: saveDestination,
  destroy: (world, id) => world.destinations.delete(Number(id)),
};

function destinationRow(world: AstWorld, row: DestinationRow): Json {
  return {
    id: row.id,
    id_user: Number(row.userId),
    id_ivr: null,
    id_sip: row.sipId,
    id_queue: null,
    id_did: Number(row.didId),
    destination: row.extra.destination ?? '',
    context: null,
    priority: row.extra.priority ?? 1,
    creationdate: world.time.sql(Number(row.extra.at ?? world.now())),
    activated: row.extra.activated ?? 1,
    secondusedreal: 0,
    voip_call: row.extra.voip_call ?? 1,
    idUserusername: world.subscribers.get(row.userId)?.username ?? null,
    idDiddid: toDigits(world.dids.get(row.didId)?.number ?? null),
    idIvrname: null,
    idQueuename: null,
    idSipname: row.sipId === null ? null : (world.sips.get(row.sipId)?.name ?? null),
  };
}

/** Assigns a DID to a user and charges for it; repeating it makes a second destination, for another user too. */
function saveDestination(world: AstWorld, form: PhpArray, id: string | null): string {
  const old = id === null ? undefined : world.destinations.get(Number(id));
  if (old !== undefined) {
    for (const column of ['priority', 'activated', 'destination']) {
      const value = readText(form, column);
      if (value !== undefined) old.extra[column] = column === 'destination' ? value : Number(value);
    }
    return String(old.id);
  }
  const userId = readText(form, 'id_user') ?? '';
  const sip = world.sips.get(Number(readText(form, 'id_sip') ?? -1));
  const kind = Number(readText(form, 'voip_call') ?? 0);
  if (kind === 1 && sip?.userId !== userId) {
    const errors = { voip_call: ['The SIP ACCOUNT must belong to the DID owner'] };
    throw new MagnusStop(json({ success: false, rows: [], errors }));
  }
  const did = present(world).find((one) => one.id === readText(form, 'id_did'));
  if (did === undefined) throw new MagnusStop(brokenPage('PHP warning', 'Attempt to read property "id_user" on null'));
  const user = lines(world).find((line) => line.id === userId);
  if (user === undefined) throw new MagnusStop(brokenPage('PHP warning', 'Attempt to read property "credit" on null'));
  if (did.subscriberId === null) {
    refusePoor(did, user);
    take(world, did, user);
  }
  const row = world.addDestination(did.id, userId, sip?.id ?? null);
  row.extra.at = world.now();
  row.extra.voip_call = kind;
  row.extra.priority = Number(readText(form, 'priority') ?? 1);
  row.extra.destination = readText(form, 'destination') ?? '';
  return String(row.id);
}

function refusePoor(did: DidRow, user: SubscriberRow): void {
  const limit = user.billingType === 'postpaid' ? BigInt(Number(user.extra.creditlimit ?? 0)) * 10_000n : 0n;
  const price = toPrice(did);
  if (price <= 0n || user.credit + limit >= price) return;
  const errors = `Customer not have credit for buy DID - ${toDigits(did.number) ?? ''}`;
  throw new MagnusStop(json({ success: false, rows: '[]', errors }));
}

/** Amounts in answers about refills. */
export const fiveDigits = (units: bigint): string => fromUnits(units * 10n, 5);
