/** The columns of `service import`, which are the keys of `service add` and `service set`, for the help. */
export const IMPORT_COLUMNS: readonly (readonly [columns: string, text: string])[] = [
  ['id', 'required; letters, digits and . _ : @ -'],
  ['panel, product', 'required; names in the config'],
  ['name', 'what people call it, at most 200 characters'],
  ['client', 'the customer; also client_name, client_email'],
  ['language', 'of the customer: en, fa, zh-CN or pt-BR'],
  ['billing_cycle', 'such as monthly; required if the product has a quota'],
  ['next_due_date', 'YYYY-MM-DD; required if the product has a quota'],
  ['status', 'active (default), suspended, terminated, pending'],
  ['traffic_mode', "IN, OUT or TOTAL instead of the product's mode"],
  ['base_quota_override_gb', "quota in GB instead of the product's"],
  ['protected_until', 'YYYY-MM-DD; only manual holds restrict before'],
  ['easydcim_service_id', 'required on EasyDCIM panels'],
  ['', 'easydcim_order_id, easydcim_server_id, easydcim_user'],
  ['flvx_user_id', 'FLVX; also flvx_username, flvx_tunnel_id,'],
  ['', 'flvx_user_tunnel_id'],
  ['hiddify_user_uuid', 'Hiddify; also hiddify_agent_uuid'],
  ['order_id', 'of other systems; also astbilling_subscriber_id,'],
  ['', 'astbilling_username'],
  ['email', 'of the customer; also first_name, last_name,'],
  ['', 'document, ddd, channels'],
];

/** Returns the columns with their meaning, one per line. */
export function columnLines(columns = IMPORT_COLUMNS): string[] {
  return columns.map(([name, text]) => `${name.padEnd(24)}${text}`);
}
