import { encode } from './reply.js';
import type { WhmcsWorld } from './world.js';

/** Rows of database tables, by table and column. */
export type WhmcsTables = Readonly<Record<string, readonly Readonly<Record<string, string | number>>[]>>;

/** Returns what the database has of services; with the quirk `entities` texts that people typed are stored with them. */
export function toTables(world: WhmcsWorld): WhmcsTables {
  const typed = (text: string): string => (world.quirks.entities ? encode(text) : text);
  const services = [...world.services.values()];
  return {
    tblclients: [...world.clients.values()].map(({ id, firstName, lastName, company, email }) => ({
      ...{ id, firstname: typed(firstName), lastname: typed(lastName), companyname: typed(company), email },
    })),
    tblproducts: [...world.products.values()].map(({ id, name }) => ({ id, name: typed(name) })),
    tblhosting: services.map((row) => ({
      ...{ id: row.id, userid: row.clientId, packageid: row.productId, domain: row.domain, username: row.username },
      ...{ password: row.password, domainstatus: row.status, billingcycle: row.billingCycle },
      ...{ nextduedate: row.nextDueDate ?? '0000-00-00', dedicatedip: row.dedicatedIp, assignedips: row.assignedIps },
    })),
    tblcustomfields: [...world.fields.values()].map(({ id, productId, name }) => ({
      ...{ id, type: 'product', relid: productId, fieldname: typed(name), fieldtype: 'text' },
    })),
    tblcustomfieldsvalues: services.flatMap(({ id, fields }) =>
      [...fields].map(([fieldid, value]) => ({ fieldid, relid: id, value: typed(value) })),
    ),
    ...toOptionTables(world, typed),
  };
}

/** Each product has a group of options of its own, and each service its own options in it. */
function toOptionTables(world: WhmcsWorld, typed: (text: string) => string): WhmcsTables {
  const chosen = [...world.services.values()].flatMap(({ id, productId, options }) =>
    Object.entries(options).map(([name, value]) => ({ service: id, product: productId, name, value })),
  );
  const rows = chosen.map((row, index) => ({ ...row, id: index + 1 }));
  return {
    tblproductconfiglinks: [...world.products.keys()].map((id) => ({ gid: id, pid: id })),
    tblproductconfigoptions: rows.map(({ id, product, name, value }) => ({
      ...{ id, gid: product, optionname: typed(name), optiontype: typeof value === 'number' ? '4' : '1' },
    })),
    tblproductconfigoptionssub: rows.map(({ id, name, value }) => ({
      ...{ id, configid: id, optionname: typeof value === 'number' ? typed(name) : typed(value) },
    })),
    tblhostingconfigoptions: rows.map(({ id, service, value }) => ({
      ...{ id, relid: service, configid: id, optionid: id, qty: typeof value === 'number' ? value : 0 },
    })),
  };
}
