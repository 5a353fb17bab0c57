import {
  type FakeAstbilling,
  type FakeEasyDcim,
  type FakeFlvx,
  type FakeWhmcs,
  manualClock,
  type ManualClock,
  startFakeAstbilling,
  startFakeEasyDcim,
  startFakeFlvx,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { Bench } from '../../../../apps/cli/src/test/harness.js';
import { type PhpCall, type PhpResult, runPhp, type Tables } from './php.js';
import { startServe } from './serve.js';

/** A token with all scopes. */
export const TOKEN = 'sluice_first-start-token-0123456789-abcdefghijkl';
const DCIM_TOKEN = 'tok-9f3c-very-secret-token';
const FLVX_PASSWORD = 'Very-secret-admin-1';

/** WHMCS's ids: products of each panel, clients, and the server that has the address of `serve`. */
export const IDS = { dedicated: 10, bigger: 11, relay: 20, line: 30, did: 5, ana: 77, eve: 78, server: 4 } as const;

/** WHMCS with the modules, `serve` and the panels, on one clock. */
export interface ModuleSite {
  bench: Bench;
  clock: ManualClock;
  whmcs: FakeWhmcs;
  dcim: FakeEasyDcim;
  relay: FakeFlvx;
  voice: FakeAstbilling;
  /** The address of `serve`. */
  url: string;
  /** Rows of WHMCS's database besides those that the fake holds; calls read and write them. */
  tables: Tables;
  /** Runs calls in one PHP process, which may have constants of WHMCS. */
  php: (calls: PhpCall[], constants?: Record<string, number>) => Promise<PhpResult[]>;
  /** The documented parameters of the provisioning module for a service, as it is in WHMCS now. */
  params: (service: number, more?: Record<string, unknown>) => Record<string, unknown>;
  /** Runs a module command as WHMCS does: after `success` the status or password of the service changes. */
  command: (name: string, service: number, more?: Record<string, unknown>) => Promise<PhpResult>;
  /** Ends `serve`, as a crash does for its clients. */
  stopServe: () => Promise<void>;
  close: () => Promise<void>;
}

/** What the telephony system is. */
type VoiceKind = 'astbilling' | 'magnusbilling';

const FIELDS = {
  dedicated: ['easydcim_service_id', 'easydcim_order_id', 'easydcim_server_id', 'easydcim_user'],
  relay: ['flvx_username', 'flvx_user_id'],
  line: [
    'document',
    'ddd',
    'channels',
    'email',
    'first_name',
    'last_name',
    'astbilling_username',
    'astbilling_subscriber_id',
  ],
};

function configText(
  urls: Record<'dcim' | 'relay' | 'voice' | 'whmcs', string>,
  section: string,
  voice: VoiceKind,
): string {
  const own = 'allowHttp: true, retries: 0, timeout: 2s';
  return `timeZone: UTC
currency: BRL
billing: whmcs
serve: { listen: "127.0.0.1:0", publicUrl: "https://sluice.example.com", token: "\${env:SERVE}" }
panels:
  dcim: { kind: easydcim, url: "${urls.dcim}", token: "\${env:DCIM_TOKEN}", ${own} }
  relay: { kind: flvx, url: "${urls.relay}", publicUrl: https://relay.example.com, username: admin_user, password: "\${env:FLVX_PASSWORD}", ${own} }
  voice: { kind: ${voice}, url: "${urls.voice}", token: "\${env:VOICE_TOKEN}", billFrom: 2026-10-01, ${own} }
packages: { extra-1tb: { traffic: 1TB, price: "10.00" }, extra-50: { traffic: 50GB, price: "5.00" } }
products:
  ded-100: { panel: dcim, quota: { total: 100GB }, packages: [extra-1tb], whmcs: { productIds: [${IDS.dedicated}] } }
  ded-900: { panel: dcim, quota: { total: 900GB }, whmcs: { productIds: [${IDS.bigger}] } }
  relay-100: { panel: relay, quota: { total: 100GB }, packages: [extra-50], flvx: { tunnelId: 1 }, whmcs: { productIds: [${IDS.relay}] } }
  relay-300: { panel: relay, quota: { total: 300GB }, flvx: { tunnelIds: [1, 2] } }
  line-own: { panel: voice, astbilling: { planId: "11", customerMay: [sip_password] } }
  line-written: { panel: voice, astbilling: { planId: "11", customerMay: [sip_password] }, credentials: { writeTo: whmcs } }
  line: { panel: voice, astbilling: { planId: "11" }, whmcs: { productIds: [${IDS.line}] } }
whmcs:
  url: "${urls.whmcs}"
  allowHttp: true
  identifier: fake-whmcs-identifier
  secret: "\${env:WHMCS_SECRET}"
  calls: { taxed: false, onlyWriter: true }
${section}`;
}

async function startPanels(clock: ManualClock) {
  const { now } = clock;
  const dcim = await startFakeEasyDcim({ token: DCIM_TOKEN, now, timeZone: 'UTC' });
  const onWait = (ms: number): void => {
    clock.advance(ms);
  };
  const relay = await startFakeFlvx({ now, onWait, admin: { name: 'admin_user', password: FLVX_PASSWORD } });
  relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
  relay.addTunnel({ name: 'JP-02', entryNodes: [relay.addNode('jp-entry')] });
  const voice = await startFakeAstbilling({ now });
  voice.add('plans', { id: '11', name: 'Corporativo 30/6' });
  return { dcim, relay, voice };
}

async function startBilling(clock: ManualClock): Promise<FakeWhmcs> {
  const whmcs = await startFakeWhmcs({ now: clock.now });
  whmcs.addClient({ id: IDS.ana, firstName: 'Ana', lastName: 'Lima', currency: 'BRL' });
  whmcs.addClient({ id: IDS.eve, firstName: 'Eve', lastName: '<b>Moreau</b>', currency: 'BRL' });
  whmcs.addProduct({ id: IDS.dedicated, name: 'Server & more', module: 'easydcim', fields: FIELDS.dedicated });
  whmcs.addProduct({ id: IDS.bigger, name: 'Bigger server', module: 'easydcim', fields: FIELDS.dedicated });
  whmcs.addProduct({ id: IDS.relay, name: 'Relay', module: 'sluice', fields: FIELDS.relay });
  whmcs.addProduct({ id: IDS.line, name: 'Line', module: 'sluice', fields: FIELDS.line });
  return whmcs;
}

/**
 * Starts everything at 2026-11-20 12:00 UTC: WHMCS with two clients and one product of each panel, no service.
 *
 * @param section more keys of `whmcs` in the config, indented by two, and after them of the top level
 * @param edit changes the text of the config
 */
export async function startModuleSite(
  section = '',
  voiceKind: VoiceKind = 'astbilling',
  edit: (config: string) => string = (config) => config,
): Promise<ModuleSite> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const bench = new Bench(clock);
  const { dcim, relay, voice } = await startPanels(clock);
  const whmcs = await startBilling(clock);
  Object.assign(bench.env, {
    SERVE: TOKEN,
    DCIM_TOKEN,
    FLVX_PASSWORD,
    VOICE_TOKEN: voiceKind === 'magnusbilling' ? voice.credential : voice.token,
    WHMCS_SECRET: whmcs.secret,
  });
  bench.write(
    'sluice.yaml',
    edit(configText({ dcim: dcim.url, relay: relay.url, voice: voice.url, whmcs: whmcs.url }, section, voiceKind)),
  );
  await bench.giveStore();
  const serve = await startServe(bench);
  const site: ModuleSite = {
    ...{ bench, clock, whmcs, dcim, relay, voice, url: serve.url },
    tables: toTables(serve.url),
    params: (service, more = {}) => ({ ...toParams(site, service), ...more }),
    php: (calls, constants) => runCalls(site, calls, constants),
    command: (name, service, more) => runCommand(site, name, { service, more }),
    stopServe: () => serve.stop(),
    async close() {
      await Promise.all([serve.stop(), dcim.close(), relay.close(), voice.close(), whmcs.close()]);
      bench.close();
    },
  };
  return site;
}

/** A password as WHMCS stores it (runtime/functions.php). */
const encrypted = (text: string): string => `encrypted:${Buffer.from(text).reverse().toString('base64')}`;
const decrypted = (text: string): string => Buffer.from(text.slice(10), 'base64').reverse().toString();

/** The server and the settings of the addon module, as staff enters them. */
function toTables(url: string): Tables {
  const { hostname, port } = new URL(url);
  const server = {
    id: IDS.server,
    name: 'Sluice',
    type: 'sluice',
    ipaddress: hostname,
    hostname,
    port,
    active: 1,
    disabled: 0,
  };
  const setting = (id: number, name: string, value: string) => ({ id, module: 'sluice', setting: name, value });
  return {
    tblservers: [{ ...server, secure: '', username: '', password: encrypted(TOKEN), accesshash: '' }],
    tbladdonmodules: [setting(1, 'address', url), setting(2, 'token', TOKEN)],
  };
}

function toRows({ whmcs }: ModuleSite): Tables {
  const { world } = whmcs;
  const fields = [...world.products.values()].flatMap(({ id }) => world.listFields(id));
  const invoices = [...world.invoices.values()];
  return {
    tblinvoices: invoices.map(({ id, clientId, status }) => ({ id, userid: clientId, status })),
    tblinvoiceitems: invoices.flatMap(({ id, clientId, items }) =>
      items.map((item) => ({ id: item.id, invoiceid: id, userid: clientId, type: item.type, relid: item.relatedId })),
    ),
    tblclients: [...world.clients.values()].map(({ id, firstName, lastName, company, email }) => ({
      ...{ id, email, firstname: firstName, lastname: lastName, companyname: company },
    })),
    tblproducts: [...world.products.values()].map(({ id, groupId, name, module }) => ({
      id,
      gid: groupId,
      name,
      servertype: module,
    })),
    tblcustomfields: fields.map(({ id, productId, name }) => ({
      id,
      type: 'product',
      relid: productId,
      fieldname: name,
    })),
    tblhosting: [...world.services.values()].map((row) => ({
      ...{ id: row.id, userid: row.clientId, packageid: row.productId, server: IDS.server, domain: row.domain },
      ...{
        domainstatus: row.status,
        username: row.username,
        password: encrypted(row.password),
        nextduedate: row.nextDueDate,
      },
      ...{ bwusage: row.bandwidthUsage, bwlimit: row.bandwidthLimit },
    })),
  };
}

async function runCalls(
  site: ModuleSite,
  calls: PhpCall[],
  constants: Record<string, number> = {},
): Promise<PhpResult[]> {
  const { bench, whmcs } = site;
  const { url, identifier, secret } = whmcs;
  const request = {
    constants,
    database: bench.path('whmcs.sqlite'),
    compile: bench.path('templates'),
    api: { url, identifier, secret },
  };
  // The modules' own tables are in the database already.
  const known = Object.entries(site.tables).filter(([name]) => !name.startsWith('mod_'));
  const sent = { ...toRows(site), ...Object.fromEntries(known) };
  const { results, tables } = await runPhp({ ...request, tables: sent, calls });
  site.tables = { ...site.tables, ...ownTables(tables) };
  takeOver(whmcs, { before: sent, after: tables });
  return results;
}

/** What modules wrote into WHMCS's own columns and custom fields is the service's from now on. */
function takeOver(whmcs: FakeWhmcs, { before, after: tables }: Record<'before' | 'after', Tables>): void {
  for (const row of tables['tblhosting'] ?? []) {
    const service = whmcs.world.services.get(Number(row['id']));
    if (service === undefined) continue;
    const sent = before['tblhosting']?.find(({ id }) => id === row['id']);
    service.username = String(row['username'] ?? '');
    // What Sluice wrote meanwhile, by the API, stays.
    if (row['password'] !== sent?.['password']) service.password = decrypted(String(row['password'] ?? ''));
    service.bandwidthUsage = Number(row['bwusage'] ?? 0);
    service.bandwidthLimit = Number(row['bwlimit'] ?? 0);
  }
  for (const { fieldid, relid, value } of tables['tblcustomfieldsvalues'] ?? []) {
    const service = whmcs.world.services.get(Number(relid));
    const isOfService = whmcs.world.listFields(service?.productId ?? 0).some(({ id }) => id === fieldid);
    if (isOfService) service?.fields.set(Number(fieldid), String(value));
  }
}

/** Rows that the fake does not hold. */
function ownTables(tables: Tables): Tables {
  const names = Object.keys(tables).filter((name) => /^(mod_|tblservers|tbladdon|tblhostingaddons)/.test(name));
  return Object.fromEntries(names.map((name) => [name, tables[name] ?? []]));
}

function toParams({ whmcs, tables }: ModuleSite, id: number): Record<string, unknown> {
  const service = whmcs.service(id);
  const { clientId, productId, domain, username, password } = service;
  const client = whmcs.world.clients.get(clientId);
  const fields = whmcs.world
    .listFields(productId)
    .map((field) => [field.name.split('|')[0], service.fields.get(field.id) ?? '']);
  const [server = {}] = tables['tblservers'] ?? [];
  const options = Array.from({ length: 24 }, (_, index) => [`configoption${index + 1}`, ''] as const);
  return {
    ...{ serviceid: id, userid: clientId, pid: productId, serverid: IDS.server, domain, username, password },
    ...{ producttype: 'other', moduletype: 'sluice', ...Object.fromEntries(options), configoptions: {} },
    clientsdetails: {
      userid: clientId,
      firstname: client?.firstName,
      lastname: client?.lastName,
      email: client?.email,
    },
    customfields: Object.fromEntries(fields) as Record<string, string>,
    ...serverParams(server),
  };
}

/** The parameters of a server, all that `TestConnection` and `UsageUpdate` get. */
export function serverParams(server: Record<string, unknown>): Record<string, unknown> {
  const { ipaddress, hostname, port, secure, username } = server;
  return {
    ...{ server: true, serverid: IDS.server, serverip: ipaddress, serverhostname: hostname, serverusername: username },
    ...{ serverpassword: TOKEN, serveraccesshash: '', serversecure: secure === 'on', serverport: port },
  };
}

const STATUS: Record<string, string> = {
  CreateAccount: 'Active',
  SuspendAccount: 'Suspended',
  UnsuspendAccount: 'Active',
  TerminateAccount: 'Terminated',
};

async function runCommand(
  site: ModuleSite,
  name: string,
  { service, more = {} }: { service: number; more?: Record<string, unknown> | undefined },
): Promise<PhpResult> {
  const params = site.params(service, more);
  const [result] = await site.php([{ module: 'servers/sluice', call: name, params }]);
  if (result === undefined) throw new Error('There is no result');
  if (result.returned === 'success' && params['addonId'] === undefined) {
    const row = site.whmcs.service(service);
    row.status = STATUS[name] ?? row.status;
    if (name === 'ChangePassword') row.password = String(params['password']);
  }
  return result;
}
