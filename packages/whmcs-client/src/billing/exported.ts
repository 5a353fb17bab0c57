import type { ExportedServices } from '@sluice/contract/ports';
import { usageError } from '@sluice/panel-kind';
import type { BilledService, OldRow } from '@sluice/quota-core';
import type { ZodMiniType } from 'zod/mini';
import { dateOrText, id, reference, text, word } from '../client/values.js';
import { TITLE } from './errors.js';
import { CUSTOM_FIELDS, OPTIONS, SERVICES } from './exported-tables.js';
import { type BilledContext, findDateProblem, type ServiceFacts, toBilledService } from './to-billed-service.js';
import { toServiceId } from './to-source-service.js';

/** The services of WHMCS by SELECTs on its database, where its API can't be used. */
export const exportedServices: ExportedServices = { tables: [SERVICES, CUSTOM_FIELDS, OPTIONS], read };

interface RowProblem {
  file: string;
  line: number;
  service: string | null;
  /** The column. */
  key: string;
  message: string;
}

type Client = BilledContext['client'];
type Pair = { name: string; value: string };

/** The columns of a row, and what is wrong with them. */
class Row {
  constructor(
    private readonly file: string,
    private readonly row: OldRow,
    private readonly problems: RowProblem[],
  ) {}

  text(key: string): string {
    return this.row.values[key] ?? '';
  }

  /** Entities decoded. */
  display(key: string): string {
    return text.parse(this.text(key));
  }

  /** Returns a value; undefined, with a problem, for what is not one. */
  parse<T>(key: string, schema: ZodMiniType<T>): T | undefined {
    const { data, error } = schema.safeParse(this.row.values[key] ?? null);
    if (error !== undefined) this.say(key, error.issues[0]?.message ?? 'it is not valid');
    return data;
  }

  say(key: string, message: string): void {
    const own = id.safeParse(this.row.values[this.file === SERVICES.name ? 'id' : 'service_id']);
    const service = own.success ? toServiceId(own.data) : null;
    this.problems.push({ file: `${this.file}.csv`, line: this.row.line, service, key, message });
  }
}

function read(tables: ReadonlyMap<string, readonly OldRow[]>): BilledService[] {
  const problems: RowProblem[] = [];
  const open = ({ name }: { name: string }): Row[] =>
    (tables.get(name) ?? []).map((row) => new Row(name, row, problems));
  if (!tables.has(SERVICES.name) && [CUSTOM_FIELDS, OPTIONS].some(({ name }) => tables.has(name)))
    throw usageError('bad_import', `${SERVICES.name}.csv is missing: the services of ${TITLE} are in it.`);
  const services = new Map<string, { facts: ServiceFacts; client: Client }>();
  const fields = new Map<string, Pair[]>();
  const options = new Map<string, Pair[]>();
  for (const row of open(SERVICES)) {
    const found = readService(row);
    if (found === null) continue;
    if (services.has(found.facts.id)) row.say('id', `service ${found.facts.id} is in the file twice`);
    services.set(found.facts.id, found);
  }
  const known = new Set(open(SERVICES).map((row) => row.text('id')));
  for (const row of open(CUSTOM_FIELDS)) addPair(row, known, fields);
  for (const row of open(OPTIONS)) addPair(row, known, options);
  say(problems);
  return [...services.values()].map(({ facts, client }) => {
    const configOptions = (options.get(facts.id) ?? []).map(({ name, value }) => ({ option: name, value }));
    const whole = { ...facts, customFields: fields.get(facts.id) ?? [], configOptions };
    return toBilledService(whole, { client, renames: {} });
  });
}

/** Returns a service; null, with problems, where it can't be read. */
function readService(row: Row): { facts: ServiceFacts; client: Client } | null {
  const ids = { id: row.parse('id', id), clientId: row.parse('client_id', id) };
  const productId = row.parse('product_id', reference);
  const status = row.parse('status', word);
  const nextDueDate = row.parse('next_due_date', dateOrText);
  const problem = findDateProblem(nextDueDate ?? null);
  if (problem !== null) row.say('next_due_date', problem);
  if (ids.id === undefined || ids.clientId === undefined || status === undefined) return null;
  const account = { username: row.text('username'), domain: row.text('domain') };
  const addresses = { dedicatedIp: row.text('dedicated_ip'), assignedIps: row.text('assigned_ips') };
  const names = { firstName: row.display('first_name'), lastName: row.display('last_name') };
  return {
    facts: {
      ...{ id: ids.id, clientId: ids.clientId, productId: productId ?? null, product: row.display('product') },
      ...{ status, billingCycle: row.text('billing_cycle'), nextDueDate: nextDueDate ?? null },
      ...{ ...account, ...addresses, customFields: [], configOptions: [] },
    },
    client: { ...names, company: row.display('company'), email: row.text('email') },
  };
}

/** Adds a custom field or option to those of its service. */
function addPair(row: Row, known: ReadonlySet<string>, pairs: Map<string, Pair[]>): void {
  const service = row.parse('service_id', id);
  if (service === undefined) return;
  if (!known.has(service)) row.say('service_id', `${SERVICES.name}.csv has no service ${service}`);
  const pair = { name: row.display('name'), value: row.display('value') };
  const own = pairs.get(service);
  if (own === undefined) pairs.set(service, [pair]);
  else own.push(pair);
}

function say(problems: readonly RowProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ file, line, key, message }) => `${file}, line ${line}, ${key}: ${message}`);
  const message = `The tables of ${TITLE} were not read: export them again, or correct these rows.`;
  throw usageError('bad_import', message, { problems }, lines);
}
