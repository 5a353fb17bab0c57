import { entryKey, type OldTool, type OldToolInput, type Undecided } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import { type BilledService, formatBytes } from '@sluice/quota-core';
import { groupBy } from '../../client/group-by.js';
import { describeCycles, type NamedUser } from './describe-cycles.js';

/** Settings of the module's products, in the order in which its readme lists them. */
const PRODUCTS = {
  name: 'flvx_products',
  title: 'products of the FLVX module for WHMCS, with the quota that each sells',
  columns: ['id', 'quota_gb'],
  query:
    "SELECT id, name, configoption1 AS quota_gb, configoption2 AS max_forwards FROM tblproducts WHERE servertype = 'flvx'",
} as const;

const GB = 1024 ** 3;

/**
 * The module of FLVX for WHMCS. The services are the users of the panel: it has no tables of its own, and what it stored with a service is in
 * custom fields. Reads which of these can't be right, and what the panel has other than was sold.
 */
export const oldModule: OldTool = {
  title: 'the FLVX module for WHMCS',
  tables: [PRODUCTS],
  read(input) {
    const services = (input.billed ?? []).filter(({ status }) => status !== 'terminated');
    const undecided: Undecided[] = [];
    const named = findNamed(input, services, undecided);
    const sold = readQuotas(input);
    for (const one of named) undecided.push(...checkName(one), ...checkTunnel(one), ...checkQuota(one, sold));
    return { undecided: [...undecided, ...checkPasswords(services), ...describeCycles(input, named)] };
  },
};

const toUndecidedRow = ({ externalId }: BilledService, column: string, value: string): Omit<Undecided, 'reason'> => ({
  ...{ file: 'services.csv', object: `service ${externalId}`, column, value, state: 'undecided' },
});

/** Returns the services whose field names a user of the panel, and adds those whose field can't be right. */
function findNamed(
  { entries, details }: OldToolInput,
  services: readonly BilledService[],
  undecided: Undecided[],
): NamedUser[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const stated = services.flatMap((service) => {
    const id = service.fields['flvx_user_id']?.trim() ?? '';
    return id === '' ? [] : [{ service, id }];
  });
  return [...groupBy(stated, ({ id }) => id)].flatMap(([id, [first, ...more]]) => {
    for (const { service } of more) {
      const reason = `service ${first?.service.externalId ?? ''} names this user, too: the module adopts any user of a name; one of the two needs another`;
      undecided.push({ ...toUndecidedRow(service, 'flvx_user_id', id), reason });
    }
    const entry = byId.get(id);
    if (first === undefined) return [];
    if (entry !== undefined) return [{ service: first.service, entry, detail: details.get(entryKey(entry)) ?? {} }];
    undecided.push({
      ...toUndecidedRow(first.service, 'flvx_user_id', id),
      reason: 'the panel has no user of this id',
    });
    return [];
  });
}

/** Customers can rename themselves, and a restored panel can have another customer on an id. */
function checkName({ service, entry: { name } }: NamedUser): Undecided[] {
  const stored = service.fields['flvx_username']?.trim() ?? '';
  if (stored === '' || name === null || stored === name.trim()) return [];
  const reason = `the user is named "${printable(name)}" on the panel now: check that it is still this customer's`;
  return [{ ...toUndecidedRow(service, 'flvx_username', stored), reason }];
}

function checkTunnel({ service, detail: { section = {} } }: NamedUser): Undecided[] {
  const stored = service.fields['flvx_tunnel_id']?.trim() ?? '';
  const { tunnelId, tunnelIds = [tunnelId] } = section as { tunnelId?: number; tunnelIds?: number[] };
  if (stored === '' || tunnelIds.some((id) => String(id) === stored)) return [];
  const reason = 'the permission for this tunnel is gone, or has values of its own: the tunnels of the panel are taken';
  return [{ ...toUndecidedRow(service, 'flvx_tunnel_id', stored), state: 'left-out', reason }];
}

/** Returns the quota in bytes by product of the billing system. */
function readQuotas({ tables }: OldToolInput): Map<string, number> {
  const rows = tables.get(PRODUCTS.name) ?? [];
  return new Map(
    rows.flatMap(({ values: { id = null, quota_gb: gb = null } }) =>
      id !== null && gb !== null && /^[1-9]\d{0,6}$/.test(gb) ? [[id, Number(gb) * GB] as const] : [],
    ),
  );
}

/** Its change of package fails for the user, whose quota stays that of the package before. */
function checkQuota({ service, entry, detail }: NamedUser, sold: ReadonlyMap<string, number>): Undecided[] {
  const expected = sold.get(service.productId ?? '');
  const { quotaBytes: has = entry.limitBytes } = detail;
  if (expected === undefined || has === null || has === expected) return [];
  const reason = `its product of the billing system sells ${formatBytes(expected)}, and the panel has ${formatBytes(has)}, as after a change of package by the module: state the product that was sold`;
  return [{ ...toUndecidedRow(service, 'product', ''), reason }];
}

function checkPasswords(services: readonly BilledService[]): Undecided[] {
  const count = services.filter(({ fields }) => (fields['flvx_password']?.trim() ?? '') !== '').length;
  if (count === 0) return [];
  const reason =
    'it has passwords in clear text, which Sluice does not read: delete the field once the module is switched off';
  return [
    {
      file: 'services.csv',
      object: `field flvx_password (services that have it: ${count})`,
      column: '',
      value: '',
      state: 'left-out',
      reason,
    },
  ];
}
