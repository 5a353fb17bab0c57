import type { OldTable } from '@sluice/quota-core';

/** Line ends of texts with several lines, which not every export writes so that they can be read again. */
const inOneLine = (column: string): string => String.raw`REPLACE(REPLACE(${column}, '\r', ' '), '\n', ' ')`;

/** The services. Passwords are never exported. */
export const SERVICES: OldTable = {
  name: 'whmcs_services',
  title: 'WHMCS: services with their products and clients; status and next due date show whether they are paid',
  columns: [
    ...['id', 'client_id', 'product_id', 'product', 'domain', 'username', 'status', 'billing_cycle', 'next_due_date'],
    ...['dedicated_ip', 'assigned_ips', 'first_name', 'last_name', 'company', 'email'],
  ],
  query: `SELECT h.id, h.userid AS client_id, h.packageid AS product_id, p.name AS product, h.domain, h.username,
  h.domainstatus AS status, h.billingcycle AS billing_cycle, h.nextduedate AS next_due_date,
  h.dedicatedip AS dedicated_ip, ${inOneLine('h.assignedips')} AS assigned_ips,
  c.firstname AS first_name, c.lastname AS last_name, c.companyname AS company, c.email
FROM tblhosting h
LEFT JOIN tblproducts p ON p.id = h.packageid
LEFT JOIN tblclients c ON c.id = h.userid
ORDER BY h.id`,
};

/** Values of fields of a former product of a service stay in WHMCS, and are not of the service any more. */
export const CUSTOM_FIELDS: OldTable = {
  name: 'whmcs_custom_fields',
  title: 'WHMCS: custom fields of services, without those for passwords',
  columns: ['service_id', 'name', 'value'],
  query: `SELECT h.id AS service_id, f.fieldname AS name, ${inOneLine('v.value')} AS value
FROM tblcustomfieldsvalues v
JOIN tblcustomfields f ON f.id = v.fieldid
JOIN tblhosting h ON h.id = v.relid AND h.packageid = f.relid
WHERE f.type = 'product' AND f.fieldtype <> 'password' AND v.value <> ''
ORDER BY h.id, f.id`,
};

/** Options of the types 3 (yes or no) and 4 (quantity) have a number, others a choice. */
export const OPTIONS: OldTable = {
  name: 'whmcs_options',
  title: 'WHMCS: configurable options of services',
  columns: ['service_id', 'name', 'value'],
  query: `SELECT h.id AS service_id, o.optionname AS name,
  CASE WHEN o.optiontype IN ('3', '4') THEN x.qty ELSE s.optionname END AS value
FROM tblhostingconfigoptions x
JOIN tblhosting h ON h.id = x.relid
JOIN tblproductconfigoptions o ON o.id = x.configid
LEFT JOIN tblproductconfigoptionssub s ON s.id = x.optionid AND s.configid = o.id
WHERE EXISTS (SELECT 1 FROM tblproductconfiglinks l WHERE l.gid = o.gid AND l.pid = h.packageid)
ORDER BY h.id, o.id`,
};
