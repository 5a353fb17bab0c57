import type { FakeResponse } from '../../core/fake-response.js';
import { fromUnits } from '../decimal.js';
import type { SubscriberRow } from '../model.js';
import { fromDigits, toDigits } from '../phone.js';
import { type PhpArray, readText } from '../php-form.js';
import type { AstWorld } from '../world.js';
import { brokenPage, databaseError, done, fieldErrors, inUse, json, type Json, MagnusStop } from './answers.js';
import { userDefaults } from './defaults.js';
import { type MagnusModule, parseNumber, refuseTaken } from './module.js';
import { checkFields, listFaults, type Rules } from './rules.js';

const rules: Rules = {
  username: { type: 'text', min: 4, max: 20, required: true },
  password: { type: 'text', required: true },
  id_group: { type: 'id' },
  firstname: { type: 'text', max: 50 },
  lastname: { type: 'text', max: 50 },
  doc: { type: 'text', max: 100 },
  email: { type: 'text', max: 100 },
  phone: { type: 'text', max: 20 },
  mobile: { type: 'text', max: 20 },
  company_name: { type: 'text', max: 100 },
  description: { type: 'text', max: 500 },
  prefix_local: { type: 'text', max: 500 },
  calllimit: { type: 'number' },
  creditlimit: { type: 'int' },
  active: { type: 'number' },
};
const creationRules: Rules = {
  ...rules,
  username: { type: 'text', min: 4, max: 20 },
  password: { type: 'text' },
  id_group: { type: 'id' },
};

const root: Json = {
  ...userDefaults,
  id: 1,
  id_group: 1,
  username: 'root',
  active: 1,
  idGroupname: 'Administrator',
  idGroupid_user_type: 1,
};

export const users: MagnusModule = {
  columns: new Set(Object.keys(userDefaults)),
  list: 'subscribers',
  rows: (world) => [root, ...lines(world).map((row) => userRow(world, row))],
  // Moves with each call.
  order: (left, right) => Number(right.credit) - Number(left.credit) || Number(left.id) - Number(right.id),
  save: (world, form, id) => {
    if (id === null && Number(readText(form, 'createUser') ?? 0) === 1) return createUser(world, form);
    if (id === '1') return id;
    const row = id === null ? undefined : lines(world).find((one) => one.id === id);
    const faults = ownFaults(form, row);
    if (Object.keys(faults).length > 0) throw new MagnusStop(fieldErrors(faults));
    checkFields(rules, form, { creating: row === undefined, table: 'user' });
    checkUnique(world, form, row);
    if (row === undefined) return plainUser(world, form);
    checkPlan(world, form);
    write(world, row, form);
    return row.id;
  },
  destroy,
};

/** The lines that are left; the other wires still show those that are gone. */
export const lines = (world: AstWorld): SubscriberRow[] =>
  [...world.subscribers.values()].filter(({ status }) => status !== 'terminated');

function userRow(world: AstWorld, row: SubscriberRow): Json {
  const customer = world.customers.get(row.customerId);
  const [first = '', ...rest] = (customer?.name ?? '').split(' ');
  const plan = row.planId === null ? undefined : world.catalogue.plans.get(row.planId);
  const active = row.status === 'active' ? 1 : 0;
  const { active: stored, credit = fromUnits(row.credit, 4), ...extra } = row.extra;
  const isStale = stored !== undefined && (stored === 1) !== (row.status === 'active');
  return {
    ...userDefaults,
    callingcard_pin: 700_000 + (Number(row.id) % 100_000),
    firstname: first,
    lastname: rest.join(' '),
    ...extra,
    credit,
    id: Number(row.id),
    id_plan: row.planId === null ? null : Number(row.planId),
    username: row.username,
    password: row.password,
    active: stored === undefined || isStale ? active : stored,
    creationdate: world.time.sql(row.createdAt),
    phone: toDigits(row.callerId) ?? '',
    mobile: toDigits(customer?.phone ?? null) ?? '',
    email: customer?.email ?? '',
    doc: customer?.document ?? null,
    typepaid: row.billingType === 'postpaid' ? 1 : 0,
    description: row.externalRef,
    calllimit: row.channels ?? -1,
    idPlanname: plan?.fields.name ?? null,
    sip_count: [...world.sips.values()].filter(({ userId }) => userId === row.id).length,
  };
}

/** What the panel's own checks say about a name and a password. */
function ownFaults(form: PhpArray, row?: SubscriberRow): Record<string, string[]> {
  const faults: Record<string, string[]> = {};
  const name = readText(form, 'username') ?? row?.username;
  const password = readText(form, 'password');
  if (name?.includes(' ') === true) faults.username = ['No space allow in username'];
  else if (name !== undefined && name !== '' && !/^[A-Za-z0-9]/.test(name)) {
    faults.username = ['Username need start with numbers or letters'];
  }
  if (password === undefined) return faults;
  if (password.includes(' ')) faults.password = ['No space allow in password'];
  else if (['123456', '12345678', '012345'].includes(password)) faults.password = ['No use sequence in the password'];
  else if (password === name) faults.password = ['Password cannot be equal username'];
  return faults;
}

function checkUnique(world: AstWorld, form: PhpArray, own?: SubscriberRow): void {
  const others = lines(world).filter((line) => line !== own);
  const names = ['root', ...others.map(({ username }) => username)];
  refuseTaken(world, names, { name: 'username', value: readText(form, 'username') });
}

function checkPlan(world: AstWorld, form: PhpArray): void {
  const plan = readText(form, 'id_plan');
  if (plan === undefined || plan === '' || world.catalogue.plans.has(plan)) return;
  const detail =
    '1452 Cannot add or update a child row: a foreign key constraint fails (`mbilling`.`pkg_user`, CONSTRAINT `fk_pkg_plan_pkg_user` FOREIGN KEY (`id_plan`) REFERENCES `pkg_plan` (`id`))';
  throw new MagnusStop(databaseError('23000', detail, 'user'));
}

function plainUser(world: AstWorld, form: PhpArray): FakeResponse {
  if (readText(form, 'callingcard_pin') === undefined) {
    throw new MagnusStop(databaseError('HY000', "1364 Field 'callingcard_pin' doesn't have a default value", 'user'));
  }
  checkPlan(world, form);
  const row = insert(world, form);
  // Never set, so that no charge leaves it.
  row.extra.credit = null;
  return json({ success: true, rows: [{ ...userRow(world, row), sip_count: 0 }], msg: done });
}

function insert(world: AstWorld, form: PhpArray): SubscriberRow {
  const username = readText(form, 'username') ?? String(60_000 + world.subscribers.size);
  const password = readText(form, 'password') ?? `made-${world.subscribers.size}`;
  const id = world.addSubscriber({ username, password, channels: null, billingType: 'prepaid', callerId: '' });
  const row = world.subscribers.get(id);
  if (row === undefined) throw new RangeError('a user was not made');
  row.callerId = null;
  row.extra.active = null;
  row.status = 'suspended';
  const customer = world.customers.get(row.customerId);
  if (customer !== undefined) customer.name = '';
  write(world, row, form);
  return row;
}

/** Makes a user, its SIP account and whatever was not sent. A SIP account of the name elsewhere leaves it half-made. */
function createUser(world: AstWorld, form: PhpArray): FakeResponse {
  const refused = (errors: unknown): MagnusStop => new MagnusStop(json({ success: false, errors }));
  const username = readText(form, 'username');
  const email = readText(form, 'email') ?? '';
  const others = lines(world);
  if (username !== undefined && others.some((line) => line.username.toLowerCase() === username.toLowerCase())) {
    throw refused('This username already in use');
  }
  if (email !== '' && others.some((line) => world.customers.get(line.customerId)?.email === email)) {
    throw refused('This email already in use');
  }
  const faults = { ...listFaults(creationRules, form, true), ...ownFaults(form) };
  if (Object.keys(faults).length > 0) throw refused(faults);
  refuseInsert(world, form);
  const taken =
    username !== undefined && [...world.sips.values()].some((sip) => sip.name.toLowerCase() === username.toLowerCase());
  const row = insert(world, form);
  if (taken) {
    const made = world.findSip(row.id);
    if (made !== undefined) world.sips.delete(made.id);
    if (world.quirks.takenSipName === 'page') {
      throw new MagnusStop(brokenPage('CDbException', `1062 Duplicate entry '${row.username}' for key 'name'`));
    }
  }
  const sip = world.findSip(row.id);
  const phone = readText(form, 'phone') ?? '';
  if (sip !== undefined && phone.length >= 6) sip.callerId = phone;
  return json({ success: true, data: createdData(world, row, form) });
}

/** What the database refuses breaks a creation with a page, where a save answers with a text. */
function refuseInsert(world: AstWorld, form: PhpArray): void {
  try {
    checkPlan(world, form);
    checkFields(creationRules, form, { creating: true, table: 'user' });
  } catch (error) {
    if (error instanceof MagnusStop)
      throw new MagnusStop(brokenPage('CDbException', 'CDbCommand failed to execute the SQL statement'));
    throw error;
  }
}

/** What a creation answers with beside what is stored. */
const created: Readonly<Json> = { credit: 0, contract_value: '0' };

/** What was sent as text, numbers as numbers, nothing that is empty, and the id as text at the end. */
function createdData(world: AstWorld, row: SubscriberRow, form: PhpArray): Json {
  const data: Json = {};
  const joined = /^(id[A-Z]|sip_count|offer$)/;
  for (const [column, value] of Object.entries(userRow(world, row))) {
    if (value === null || value === '' || joined.test(column) || column === 'id') continue;
    data[column] = readText(form, column) ?? created[column] ?? value;
  }
  return { ...data, id: row.id };
}

const strings = new Set(['city', 'state', 'country', 'zipcode', 'address', 'company_name', 'prefix_local', 'language']);

/** Writes the fields that were sent; unknown ones are ignored. */
function write(world: AstWorld, row: SubscriberRow, form: PhpArray): void {
  for (const column of Object.keys(userDefaults)) {
    const value = readText(form, column);
    if (value === undefined || column === 'id' || column === 'credit') continue;
    writeColumn(world, row, { column, value, number: parseNumber(form, column) ?? null });
  }
  row.updatedAt = world.now();
}

interface Written {
  readonly column: string;
  readonly value: string;
  readonly number: number | null;
}

function writeColumn(world: AstWorld, row: SubscriberRow, { column, value, number }: Written): void {
  const customer = world.customers.get(row.customerId);
  if (column === 'username') row.username = value;
  else if (column === 'password') row.password = value;
  else if (column === 'id_plan') row.planId = value === '' ? null : value;
  else if (column === 'calllimit') row.channels = number === -1 ? null : number;
  else if (column === 'typepaid') row.billingType = number === 1 ? 'postpaid' : 'prepaid';
  else if (column === 'description') row.externalRef = value;
  else if (column === 'phone') row.callerId = fromDigits(value);
  else if (column === 'active') {
    row.extra.active = number;
    row.status = number === 1 ? 'active' : 'suspended';
  } else if (column === 'firstname' || column === 'lastname') {
    row.extra[column] = value;
    if (customer !== undefined) customer.name = `${row.extra.firstname ?? ''} ${row.extra.lastname ?? ''}`.trim();
  } else if (customer !== undefined && column === 'doc') customer.document = value;
  else if (customer !== undefined && column === 'email') customer.email = value;
  else if (customer !== undefined && column === 'mobile') customer.phone = fromDigits(value);
  else if (column in userDefaults && !/^id[A-Z]/.test(column)) {
    row.extra[column] = strings.has(column) || typeof userDefaults[column] === 'string' ? value : number;
  }
}

function destroy(world: AstWorld, id: string): boolean | FakeResponse {
  const row = lines(world).find((one) => one.id === id);
  if (row === undefined) return false;
  if ([...world.dids.values()].some(({ subscriberId }) => subscriberId === id)) return inUse('Did');
  for (const [sipId, { userId }] of world.sips) if (userId === id) world.sips.delete(sipId);
  row.status = 'terminated';
  return true;
}
