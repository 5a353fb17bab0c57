import { type Fields, FieldReader } from './fields.js';
import type { CustomerRow, DidRow, SubscriberRow } from './model.js';
import { AstRefusal } from './refusal.js';
import type { AstWorld } from './world.js';

const usernamePattern = /^[A-Za-z0-9._-]{1,64}$/;

export function found<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw new AstRefusal('not_found', `${what} não encontrado`);
  return row;
}

export function createCustomer(world: AstWorld, fields: Fields): CustomerRow {
  const read = new FieldReader(fields);
  const name = read.required('name');
  read.check();
  const row = found(world.customers.get(world.addCustomer({ name })), 'Cliente');
  return updateCustomer(world, row, fields);
}

export function updateCustomer(_world: AstWorld, row: CustomerRow, fields: Fields): CustomerRow {
  const read = new FieldReader(fields);
  const name = read.has('name') ? read.required('name') : row.name;
  const status = read.oneOf('status', ['active', 'suspended'], row.status);
  read.check();
  row.name = name;
  row.status = status;
  if (read.has('document')) row.document = read.text('document');
  if (read.has('email')) row.email = read.text('email');
  if (read.has('phone')) row.phone = read.text('phone');
  if (read.has('external_ref')) row.externalRef = read.text('external_ref');
  return row;
}

export function createSubscriber(world: AstWorld, fields: Fields): SubscriberRow {
  const read = new FieldReader(fields);
  const username = read.required('username');
  if (username !== '' && !usernamePattern.test(username)) read.fault('username', 'invalid', 'Caracteres inválidos');
  const customer = read.reference('customer_id', world.customers);
  const plan = read.reference('plan_id', world.catalogue.plans);
  const areaCode = read.areaCode('area_code');
  const channels = read.channels('channels') ?? 1;
  const password = read.text('sip_password');
  const billingType = read.oneOf('billing_type', ['postpaid', 'prepaid'], 'postpaid');
  read.check();
  refuseTakenUsername(world, username);
  const id = world.addSubscriber({
    username,
    customer,
    plan,
    areaCode,
    channels,
    billingType,
    ...(password === null ? {} : { password }),
  });
  const row = found(world.subscribers.get(id), 'Assinante');
  row.callerId = read.text('caller_id');
  row.externalRef = read.text('external_ref');
  return row;
}

function refuseTakenUsername(world: AstWorld, username: string, own?: SubscriberRow): void {
  for (const other of world.subscribers.values()) {
    if (other === own || other.username !== username) continue;
    throw new AstRefusal('conflict', 'Já existe um assinante com este username', [
      { field: 'username', code: 'taken', message: username },
    ]);
  }
}

/** Changes what is sent; `status` too, as the Portuguese wire does. */
export function updateSubscriber(world: AstWorld, row: SubscriberRow, fields: Fields): SubscriberRow {
  if (row.status === 'terminated') throw new AstRefusal('conflict', 'Assinante cancelado');
  const read = new FieldReader(fields);
  const username = read.has('username') ? read.required('username') : row.username;
  const planId = read.has('plan_id') ? read.reference('plan_id', world.catalogue.plans) : row.planId;
  const customerId = read.has('customer_id') ? read.reference('customer_id', world.customers) : row.customerId;
  const areaCode = read.has('area_code') ? read.areaCode('area_code') : row.areaCode;
  const channels = read.has('channels') ? (read.channels('channels') ?? 1) : row.channels;
  const status = read.oneOf('status', ['active', 'suspended'], row.status);
  const billingType = read.oneOf('billing_type', ['postpaid', 'prepaid'], row.billingType);
  read.check();
  refuseTakenUsername(world, username, row);
  Object.assign(row, { username, planId, customerId, areaCode, channels, billingType, updatedAt: world.now() });
  if (status !== row.status) world.setState(row, status);
  if (read.has('caller_id')) row.callerId = read.text('caller_id');
  if (read.has('external_ref')) row.externalRef = read.text('external_ref');
  const password = read.text('sip_password');
  if (password !== null) row.password = password;
  return row;
}

/** Suspends or reactivates a line or a number. Refuses what is already so. */
export function moveState(world: AstWorld, row: SubscriberRow | DidRow, to: 'active' | 'suspended'): void {
  if (row.status === to) throw new AstRefusal('conflict', to === 'active' ? 'Já está ativo' : 'Já está suspenso');
  const allowed = to === 'suspended' ? row.status === 'active' : row.status === 'suspended';
  if (!allowed) throw new AstRefusal('conflict', `Situação não permite: ${row.status}`);
  world.setState(row, to);
}

export function terminateSubscriber(world: AstWorld, row: SubscriberRow): void {
  if (row.status === 'terminated') throw new AstRefusal('not_found', 'Assinante não encontrado');
  const linked = [...world.dids.values()].filter((did) => did.subscriberId === row.id && did.status !== 'terminated');
  if (linked.length > 0) throw new AstRefusal('conflict', 'Assinante possui DIDs vinculados');
  world.setState(row, 'terminated');
  if (world.quirks.terminateDeletesCalls) world.calls = world.calls.filter((call) => call.subscriberId !== row.id);
}

export function createDid(world: AstWorld, fields: Fields): DidRow {
  const read = new FieldReader(fields);
  const number = read.required('number');
  if (number !== '' && !/^\+?\d{8,15}$/.test(number)) read.fault('number', 'invalid', 'Número inválido');
  read.check();
  for (const other of world.dids.values()) {
    if (other.number === number && other.status !== 'terminated') throw taken(number);
  }
  const owner = findOwner(world, read);
  const row = found(
    world.dids.get(world.addDid({ number, monthlyPrice: '15.00', ...(owner === null ? {} : { subscriber: owner }) })),
    'DID',
  );
  return updateDid(world, row, { ...fields, subscriber_id: undefined });
}

function taken(number: string): AstRefusal {
  return new AstRefusal('conflict', 'DID já vinculado a outro assinante', [
    { field: 'number', code: 'taken', message: number },
  ]);
}

function findOwner(world: AstWorld, read: FieldReader): string | null {
  if (read.text('subscriber_id') === null) return null;
  const id = read.reference('subscriber_id', world.subscribers);
  read.check();
  if (world.subscribers.get(id)?.status === 'terminated') throw new AstRefusal('conflict', 'Assinante cancelado');
  return id;
}

/** Changes what is sent; a new owner links the number, null frees it. */
export function updateDid(world: AstWorld, row: DidRow, fields: Fields): DidRow {
  if (row.status === 'terminated') throw new AstRefusal('conflict', 'DID cancelado');
  const read = new FieldReader(fields);
  const channels = read.has('channels') ? read.channels('channels') : row.channels;
  const areaCode = read.text('area_code') === null ? row.areaCode : read.areaCode('area_code');
  const carrierId =
    read.text('carrier_id') === null ? row.carrierId : read.reference('carrier_id', world.catalogue.carriers);
  const status = read.oneOf('status', ['available', 'active', 'suspended'], row.status);
  read.check();
  if (read.has('subscriber_id')) link(world, row, findOwner(world, read));
  else if (status !== row.status) world.setState(row, status);
  Object.assign(row, { channels, areaCode, carrierId, changedAt: world.now() });
  if (read.has('external_ref')) row.externalRef = read.text('external_ref');
  if (read.has('monthly_price')) row.monthlyPrice = read.text('monthly_price') ?? '0.00';
  if (read.has('setup_price')) row.setupPrice = read.text('setup_price') ?? '0.00';
  const { destination } = fields;
  if (typeof destination === 'object') row.destination = destination as DidRow['destination'];
  return row;
}

function link(world: AstWorld, row: DidRow, owner: string | null): void {
  if (owner === null) {
    release(world, row, 'available');
    return;
  }
  if (row.subscriberId !== null && row.subscriberId !== owner) throw taken(row.number);
  if (row.subscriberId === owner) return;
  row.subscriberId = owner;
  row.destination = { type: 'subscriber', value: owner };
  row.status = 'active';
  world.addDestination(row.id, owner);
}

/** Takes a number from its line; as `terminated` it is gone, as `available` it can be linked again. */
export function release(world: AstWorld, row: DidRow, state: 'available' | 'terminated'): void {
  if (row.status === 'terminated') throw new AstRefusal('not_found', 'DID não encontrado');
  row.subscriberId = null;
  row.destination = null;
  row.status = state;
  row.changedAt = world.now();
  for (const [id, { didId }] of world.destinations) if (didId === row.id) world.destinations.delete(id);
}
