type Json = Record<string, unknown>;

interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  format?: string;
  pattern?: string;
  description?: string;
  minimum?: number;
  minItems?: number;
}

const INSTANT = '2026-11-20T12:00:00.000Z';
const GB = 1024 ** 3;

/** An ordinary text of that name. */
const TEXTS: Readonly<Record<string, string>> = {
  ...{ id: 'svc-1', service: 'svc-1', panel: 'dcim', product: 'ded-100', client: '42', package: 'extra-1tb' },
  ...{ kind: 'easydcim', code: 'quota', reason: 'quota', currency: 'EUR', price: '9.00', invoice: '1016' },
  ...{ amount: '9.00', total: '9.00', balance: '25.00', charged: '9.00', charge: '0.0232', cost: '0.0130' },
  ...{ maxAmount: '50.00', credit: '25.00', pricePerMinute: '0.0120', connectionFee: '0.0000', bill: 'bill-7' },
  ...{ run: 'run-8c1f', actor: 'token billing', by: 'token billing', createdBy: 'command', source: 'config' },
  ...{ note: 'ordered by phone', description: 'Bank transfer', summary: 'The service is within its allowance' },
  ...{ message: 'The service has used its allowance', sentence: 'The service has used its allowance' },
  ...{ url: 'https://panel.example.com', invoiceUrl: 'https://billing.example.com/viewinvoice.php?id=1016' },
  ...{
    username: 'anna-42',
    email: 'anna@example.com',
    customer: '501',
    name: 'billing',
    command: 'poll',
    title: 'Usage',
  },
  ...{ timeZone: 'Europe/Berlin', billingCycle: 'monthly', lifecycle: 'active', mode: 'TOTAL', unit: 'bytes' },
  ...{
    quota: '1TB',
    threshold: '80%',
    action: 'disable-ports',
    target: '7011',
    type: 'disable-port',
    state: 'applied',
  },
  ...{ number: '+551142000001', did: '+551142000001', callerId: '1142000001', destination: '1140003333', plan: '11' },
  ...{ uuid: '0f2c7c3e-5e0b-4c3a-9f5e-2b1d8a6c4e10', agent: 'reseller', period: '2026-10', day: '2026-11-20' },
  ...{ token: 'slc_4e1d0c', scopes: 'read', events: '/api/v1/runs/task-3f/events', opening: 'current' },
  ...{
    cycle: 'cy-5',
    status: 'paid',
    password: 'k7-Rbq-204w',
    start: '2026-11-15T00:00:00.000Z',
    from: '2026-11-15T00:00:00.000Z',
  },
  ...{ end: '2026-12-15T00:00:00.000Z', to: '2026-12-15T00:00:00.000Z', key: 'email', before: 'old@example.com' },
  ...{ after: 'anna@example.com', hold: 'quota', link: 'https://panel.example.com/s/4e1d0c' },
  ...{ limit: 'quota', subject: 'Sluice: svc-1 is held', text: 'svc-1 is held (quota: 120 GB of 100 GB are used)' },
  ...{ cause: 'no-credit', delivery: 'dlv-9', event: 'hold', productName: 'Dedicated 100' },
  ...{ nextDueDate: '2026-12-15', protectedUntil: '2026-12-15', quotaReleasedUntil: '2026-12-15', until: '2026-12-15' },
};

/** An ordinary number of that name; any other is 1. */
const COUNTS: Readonly<Record<string, number>> = { status: 200, validSeconds: 86_400, percent: 120, reached: 100 };

/** What the objects below a key have as their `id`. */
const IDS: Readonly<Record<string, string>> = {
  ...{ purchase: 'pu-7', invoice: '1016', token: 'tok-3', access: 'tok-3', limit: 'quota', bill: 'bill-7' },
  ...{ run: 'run-8c1f', entrie: 'bk-12', package: 'extra-1tb', deliverie: 'dl-9', alarm: 'alarm-1', made: 'tok-4' },
};

/** What is null in an ordinary document. */
const NULLS = new Set([
  ...['error', 'next', 'termination', 'overrides', 'panelDownSince', 'downSince', 'revokedAt', 'closedAt', 'brake'],
  ...['protectedUntil', 'quotaReleasedUntil', 'errorCode', 'errorMessage', 'trafficMode', 'lastError', 'lease'],
  ...['acknowledged', 'released', 'passwordFile', 'nextAt', 'unknown', 'rejected', 'limitBytes'],
]);

/** Words of lists of which an ordinary document has one. */
const USUAL = ['held', 'ok', 'paid', 'active', 'done', 'confirmed', 'sent', 'api', 'TOTAL', 'easydcim'];

/** What a map from texts has in requests: the columns of an import. */
const VALUES = { client: '42' };

/**
 * Returns an example of a JSON schema, which is valid: the values of its keys are those that their names have in documents. What may be
 * missing is left out.
 */
export function toExample(schema: Json, components: Json): unknown {
  const build = (of: Schema, key: string, depth: number): unknown => {
    if (of.$ref !== undefined) {
      const target = components[of.$ref.split('/').at(-1) ?? ''];
      return depth > 12 ? null : build(target ?? {}, key, depth + 1);
    }
    if ('const' in of) return of.const;
    if (NULLS.has(key) && isNullable(of)) return null;
    if (of.enum !== undefined) return of.enum.find((word) => USUAL.includes(String(word))) ?? of.enum[0];
    const choices = of.anyOf ?? of.oneOf;
    if (choices !== undefined) return build({ ...pick(choices), ...described(of) }, key, depth);
    const type = findType(of);
    if (type === 'object') return buildObject(of, key, depth);
    if (type === 'array') return buildArray(of, key, depth);
    return toValue(of, type, key);
  };
  const buildArray = ({ items, minItems = 0 }: Schema, key: string, depth: number): unknown[] => {
    const name = key.replace(/s$/, '');
    if (
      items === undefined ||
      (minItems === 0 && findType(items) === 'string' && TEXTS[name] === undefined && items.enum === undefined)
    )
      return [];
    return [build(items, name, depth + 1)];
  };
  const buildObject = (of: Schema, key: string, depth: number): Json => {
    const { properties, required = [] } = of;
    if (properties === undefined) return key === 'values' || key === 'where' || key === 'row' ? VALUES : {};
    const shown = Object.entries(properties).filter(([name]) => required.includes(name));
    return Object.fromEntries(
      shown.map(([name, part]) => [name, name === 'id' && key in IDS ? IDS[key] : build(part, name, depth + 1)]),
    );
  };
  return build(schema, '', 0);
}

/** The choice that says most: not null, if there is another. */
function pick(choices: readonly Schema[]): Schema {
  return choices.find((choice) => findType(choice) !== 'null') ?? {};
}

function findType({ type }: Schema): string {
  return [type ?? ''].flat().find((one) => one !== 'null') ?? 'null';
}

function described({ description }: Schema): Pick<Schema, 'description'> {
  return description === undefined ? {} : { description };
}

function isNullable({ type, anyOf = [] }: Schema): boolean {
  return [type].flat().includes('null') || anyOf.some((choice) => choice.type === 'null');
}

function toValue({ format, pattern, description = '', minimum }: Schema, type: string, key: string): unknown {
  if (type === 'boolean') return key === 'enabled' || key === 'read' || key === 'ok' || key === 'reachable';
  if (type === 'number' || type === 'integer') {
    if (/bytes|^(used|allowed)$/i.test(key) || description.startsWith('Bytes'))
      return (/used/i.test(key) ? 120 : /remaining/.test(key) ? 0 : 100) * GB;
    return Math.max(minimum ?? 0, COUNTS[key] ?? 1);
  }
  if (type !== 'string') return null;
  // Of a name that is a date elsewhere.
  const isDate = TEXTS[key] === undefined || (description.startsWith('Instant') && !TEXTS[key].endsWith('Z'));
  if (isDate && (format === 'date-time' || description.startsWith('Instant') || /(At|Since)$|^(at|since)$/.test(key)))
    return INSTANT;
  if (description.startsWith('Local date')) return '2026-12-15';
  const text = TEXTS[key] ?? key;
  return pattern === undefined || new RegExp(pattern).test(text)
    ? text
    : pattern.replaceAll(/[\^$]|\[.*|\(.*/g, '') + '42';
}
