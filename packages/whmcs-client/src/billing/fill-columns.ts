import type { SourceProblem, SourceService } from '@sluice/contract/ports';
import type { SourceFact, SourceFacts } from '@sluice/quota-core';
import type { WhmcsClientRow, WhmcsService } from '../client/types.js';
import { TITLE } from './errors.js';
import { toTaxNumber } from './tax-number.js';
import { findFields, type Mapping } from './to-source-service.js';

/** Returns a client by its id; a text is why it could not be read. */
export type FindClient = (id: string) => WhmcsClientRow | string;

/** A service with the columns that facts may fill: no custom field has a text of them. */
export interface BlankService {
  service: WhmcsService;
  row: SourceService;
  blank: [column: string, fact: SourceFact][];
}

const NAMES: readonly SourceFact[] = ['first-name', 'last-name'];
const OF_CLIENT: readonly SourceFact[] = [...NAMES, 'email', 'tax-number'];

/** Returns whether facts are read from clients. */
export function needsClients(facts: Readonly<Record<string, SourceFacts>>): boolean {
  return Object.values(facts).some((own) => Object.values(own).some((fact) => OF_CLIENT.includes(fact)));
}

/** Finds what facts may fill; the product of an unclaimed service is not known yet, and may be any. */
export function findBlank(
  service: WhmcsService,
  row: SourceService,
  facts: Readonly<Record<string, SourceFacts>>,
): BlankService {
  const { texts, skipped } = row;
  if (skipped !== null || texts['status'] === 'terminated') return { service, row, blank: [] };
  const products = Object.entries(facts).filter(([name]) => row.unclaimed !== null || name === texts['product']);
  const all = new Map(products.flatMap(([, own]) => Object.entries(own)));
  return { service, row, blank: [...all].filter(([column]) => (texts[column] ?? '') === '') };
}

/** Returns whether a fact of the client may fill a column of the service. */
export function needsClient({ blank }: BlankService): boolean {
  return blank.some(([, fact]) => OF_CLIENT.includes(fact));
}

/** Returns the service with the facts that fill its columns. */
export function fillColumns(
  { service, row, blank }: BlankService,
  findClient: FindClient,
  fields: Mapping['fields'],
): SourceService {
  const fills: Record<string, string> = {};
  const unfilled: SourceProblem[] = [];
  for (const [column, fact] of blank) {
    const found =
      fact === 'option'
        ? findNumber(service, fields, column)
        : { text: toText(service, fact, findClient), problem: null };
    if (found.problem !== null) unfilled.push({ key: column, message: found.problem });
    else if (found.text !== '') fills[column] = found.text;
  }
  const client = findClient(service.clientId);
  const names = blank.filter(([, fact]) => NAMES.includes(fact));
  const [first] = names;
  // One name is enough for an account, and the rest can be absent.
  if (typeof client === 'string' && first !== undefined && names.length === NAMES.length) {
    unfilled.push({ key: first[0], message: client });
  }
  return { ...row, fills, unfilled };
}

function toText({ orderId, domain, clientId }: WhmcsService, fact: SourceFact, findClient: FindClient): string {
  if (fact === 'order') return orderId ?? '';
  if (fact === 'domain') return domain.trim();
  const client = findClient(clientId);
  if (typeof client === 'string') return '';
  if (fact === 'first-name') return client.firstName.trim();
  if (fact === 'last-name') return client.lastName.trim();
  if (fact === 'email') return client.email.trim();
  return toTaxNumber(client.taxId) ?? '';
}

/** Reads the number of a configurable option: its quantity, or the only number in the label of its choice. */
function findNumber(
  { configOptions }: WhmcsService,
  fields: Mapping['fields'],
  column: string,
): { text: string; problem: string | null } {
  const options = configOptions.map(({ option, value }) => ({ name: option, value }));
  const { named, found } = findFields(options, fields, column);
  const [option, second] = found;
  if (option === undefined) return { text: '', problem: null };
  if (second !== undefined) {
    const problem = `two configurable options of ${TITLE} have the name ${named}: rename one of them`;
    return { text: '', problem };
  }
  const [number, other] = option.value.match(/\d+/g) ?? [];
  if (number !== undefined && other === undefined) return { text: number.replace(/^0+(?=\d)/, ''), problem: null };
  const value = JSON.stringify(option.value);
  return {
    text: '',
    problem: `the configurable option "${named}" of ${TITLE} is ${value}: it needs exactly one number`,
  };
}
