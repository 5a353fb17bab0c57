import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { AddOnEndpoints } from './add-on-endpoints.js';
import { AddOnHooks } from './add-on-hooks.js';
import { AdminEndpoints } from './admin-endpoints.js';
import { AdminWriter } from './admin-writer.js';
import { failed, html, isApiPath, json, redirect, serverErrorPage } from './answer.js';
import { Cores } from './cores.js';
import { findRoute, type Found } from './endpoint.js';
import { type Caller, identify, proxyPath, refuseRole, refuseStrangers, toLogin } from './gate.js';
import { LocalTime } from './local-time.js';
import { type FakeHiddifyOptions } from './options.js';
import { databaseError, PanelException } from './panel-failure.js';
import { seededRandom } from '../core/random.js';
import { readBody } from './read-body.js';
import { type AdminRow } from './rows.js';
import { Sessions } from './sessions.js';
import { HiddifyState } from './state.js';
import { answerSubscription } from './subscription.js';
import { type Switches } from './switches.js';
import { SystemEndpoints } from './system-endpoints.js';
import { UsageTask } from './usage-task.js';
import { type CreationStage, UserEndpoints } from './user-endpoints.js';
import { type ListOrder, UserTexts } from './user-text.js';
import { UserWriter } from './user-writer.js';
import { uuidMaker } from './uuid.js';

const notFound =
  '404 Not Found: The requested URL was not found on the server. ' +
  'If you entered the URL manually please check your spelling and try again.';
const methodNotAllowed = '405 Method Not Allowed: The method is not allowed for the requested URL.';
const plainOnTls =
  '<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n' +
  '<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n' +
  '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

/** The fake panel without a server: requests in, answers out. */
export class HiddifyPanel {
  readonly state: HiddifyState;
  readonly cores: Cores;
  readonly switches: Switches;
  readonly usageTask: UsageTask;
  readonly makeUuid: () => string;
  readonly sessions = new Sessions();
  listOrder: ListOrder;
  /** Called between two steps of every creation; the creation goes on when it resolves. */
  onCreation: ((stage: CreationStage, uuid: string) => Promise<void>) | undefined;

  private readonly users: UserEndpoints;
  private readonly admins: AdminEndpoints;
  private readonly system: SystemEndpoints;
  private readonly addOn: AddOnEndpoints;
  private readonly interleave: boolean;

  constructor(options: FakeHiddifyOptions = {}) {
    const database = options.database ?? 'mariadb';
    const language = options.language ?? 'en';
    this.makeUuid = uuidMaker(seededRandom(options.seed ?? 1));
    this.listOrder = options.listOrder ?? 'id';
    this.interleave = options.interleave ?? true;
    this.switches = {
      redisDown: false,
      spawnFails: false,
      databaseDown: false,
      lostConnections: 0,
      rolesVoid: options.python === '3.13',
      front: options.front ?? 'none',
      adminPath: options.adminPath ?? 'PROXYPATHadm',
      clientPath: options.clientPath ?? 'PROXYPATHcli',
      oldPath: options.oldPath ?? 'PROXYPATHold',
      nodeKey: undefined,
    };
    this.state = new HiddifyState(new LocalTime(options.now ?? Date.now, options.utcOffsetMinutes ?? 0));
    const ownerUuid = options.ownerUuid ?? '0f6a1c52-7d3b-4e8a-9c41-2b5d8e7f1a01';
    this.state.addAdmin({ uuid: ownerUuid, name: 'Owner', mode: 'super_admin', username: 'owner' });
    this.cores = new Cores(this.state, this.switches);
    const writer = new UserWriter(this.state, this.makeUuid);
    const adminWriter = new AdminWriter(this.state, writer, this.makeUuid, database);
    this.usageTask = new UsageTask(this.state, this.cores, writer);
    this.users = new UserEndpoints({
      state: this.state,
      writer,
      texts: new UserTexts(this.state, language),
      cores: this.cores,
      listOrder: () => this.listOrder,
      pause: (stage, uuid) => this.pause(stage, uuid),
    });
    this.admins = new AdminEndpoints(this.state, adminWriter, language);
    this.system = new SystemEndpoints({
      state: this.state,
      usageTask: this.usageTask,
      switches: this.switches,
      database,
      language,
      version: options.version ?? '10.80.12.dev1',
    });
    this.addOn = new AddOnEndpoints(this.state, options.addOn ?? {});
    if (options.addOn !== undefined) {
      writer.hooks = new AddOnHooks(this.state, options.addOn.hooks ?? 'published', database);
    }
    if (options.defaultUser === true) {
      const row = { uuid: this.makeUuid(), name: 'default', usageLimit: 3000 * 1024 ** 3, packageDays: 3650 };
      this.cores.add(this.state.addUser(row));
    }
  }

  /** Answers one request. */
  async handle(request: FakeRequest): Promise<FakeResponse> {
    try {
      return this.inFront(request) ?? (await this.served(request));
    } catch (error) {
      return failed(error, request);
    }
  }

  /** Writes the Owner's list now, so that the first call for it is fast. */
  warmUp(): void {
    if (this.state.users.size > 0) this.users.list(this.state.owner());
  }

  private inFront(request: FakeRequest): FakeResponse | undefined {
    const { front, redisDown } = this.switches;
    if (front === 'plain-on-tls-port')
      return { status: 400, headers: { 'content-type': 'text/html' }, body: plainOnTls };
    if (front === 'redirect-to-https') {
      const host = String(request.headers['host']).replace(/:\d+$/, '');
      return redirect(301, `https://${host}${request.path}`);
    }
    if (redisDown) {
      if (!isApiPath(request.path)) return serverErrorPage;
      throw new PanelException('Error 111 connecting to 127.0.0.1:6379. Connection refused.');
    }
    if (this.switches.databaseDown) {
      throw new PanelException(
        "(MySQLdb.OperationalError) (2002, \"Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)\")\n" +
          '(Background on this error at: https://sqlalche.me/e/20/e3q8)',
      );
    }
    if (this.switches.lostConnections > 0) throw this.lostConnection();
    return undefined;
  }

  /** Both texts were seen, depending on how the panel reaches its database. */
  private lostConnection(): PanelException {
    const [code, text]: [number, string] =
      this.switches.lostConnections % 2 === 0
        ? [2006, 'Server has gone away']
        : [2013, 'Lost connection to server during query'];
    this.switches.lostConnections -= 1;
    const statement = 'SELECT child.id AS child_id, child.name AS child_name FROM child WHERE child.id = %s';
    return databaseError({ kind: 'OperationalError', code, text }, statement, [0]);
  }

  private async served(request: FakeRequest): Promise<FakeResponse> {
    const addOnAnswer = this.addOn.handle(request, this.switches.adminPath);
    if (addOnAnswer !== undefined) return addOnAnswer;
    refuseStrangers(request, this.switches);
    const subscription = answerSubscription(request, this.state, this.switches);
    if (subscription !== undefined) return subscription;
    const caller = identify(request, this.state, this.switches, this.sessions);
    if ('status' in caller) return caller;
    const segment = proxyPath(request.path);
    const below = request.path.replace(/^\/+/, '').slice(segment.length);
    const found = findRoute(below);
    if (found === undefined) return this.outsideRoutes(request, caller, segment, below);
    if (found.spelling !== undefined) return respelled(request, segment, found.spelling);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method === 'OPTIONS') return allowed(found);
    if (!found.route.methods.includes(method)) throw new PanelException(methodNotAllowed);
    refuseRole(caller, found.route, this.switches);
    const answer = await this.routed(request, method, found, caller.admin);
    return this.withSession(answer, caller);
  }

  private routed(
    request: FakeRequest,
    method: string,
    { route, uuid = '' }: Found,
    caller: AdminRow | undefined,
  ): FakeResponse | Promise<FakeResponse> {
    if (route.pattern === '/api/v2/panel/ping/') return json({ msg: `${method}: PONG` });
    if (route.pattern === '/api/v2/panel/info/') return this.system.info();
    if (caller === undefined) throw new PanelException('AnonymousAccount');
    switch (`${method} ${route.pattern}`) {
      case 'GET /api/v2/admin/admin_user/':
        return this.admins.list(caller);
      case 'POST /api/v2/admin/admin_user/':
        return this.admins.create(caller, readBody(request));
      case 'GET /api/v2/admin/admin_user/{uuid}/':
        return this.admins.get(caller, uuid);
      case 'PATCH /api/v2/admin/admin_user/{uuid}/':
        return this.admins.update(caller, uuid, readBody(request));
      case 'DELETE /api/v2/admin/admin_user/{uuid}/':
        return this.admins.remove(caller, uuid);
      case 'GET /api/v2/admin/user/':
        return this.users.list(caller);
      case 'POST /api/v2/admin/user/':
        return this.users.create(caller, readBody(request));
      case 'GET /api/v2/admin/user/{uuid}/':
        return this.users.get(caller, uuid);
      case 'PATCH /api/v2/admin/user/{uuid}/':
        return this.users.update(caller, uuid, readBody(request));
      case 'DELETE /api/v2/admin/user/{uuid}/':
        return this.users.remove(caller, uuid);
      default:
        return this.system.handle(request, route.pattern, caller);
    }
  }

  /** Paths without a route: an error inside the API, a login page outside it. */
  private outsideRoutes(request: FakeRequest, caller: Caller, segment: string, below: string): FakeResponse {
    if (below === '/api/openapi.json' && (caller.admin === undefined || segment === this.switches.adminPath)) {
      return this.system.openApi();
    }
    if (isApiPath(request.path)) throw new PanelException(notFound);
    return caller.admin !== undefined && below === '/'
      ? redirect(302, `/${this.switches.adminPath}/admin/`)
      : toLogin(request, segment);
  }

  private withSession(answer: FakeResponse, caller: Caller): FakeResponse {
    if (caller.admin === undefined || caller.bySession) return answer;
    return { ...answer, headers: { ...answer.headers, 'set-cookie': this.sessions.start(caller.admin.id) } };
  }

  private async pause(stage: CreationStage, uuid: string): Promise<void> {
    if (this.onCreation !== undefined) await this.onCreation(stage, uuid);
    else if (this.interleave) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The redirect of a missing or doubled slash, for every method and with or without a key (docs/panels/hiddify.md, 1.2). */
function respelled(request: FakeRequest, segment: string, spelling: string): FakeResponse {
  const scheme = request.headers['x-forwarded-proto'] ?? 'http';
  const host = request.headers['x-forwarded-host'] ?? request.headers['host'] ?? '127.0.0.1';
  const query = request.query.toString();
  return redirect(308, `${scheme}://${host}/${segment}${spelling}${query === '' ? '' : `?${query}`}`);
}

function allowed({ route }: Found): FakeResponse {
  if (route.pattern === '/api/v2/admin/log/') {
    return { ...html(''), headers: { 'content-type': 'text/html; charset=utf-8', allow: 'POST' } };
  }
  const methods = [...route.methods, 'OPTIONS', ...(route.methods.includes('GET') ? ['HEAD'] : [])];
  return { ...html(''), headers: { 'content-type': 'text/html; charset=utf-8', allow: methods.join(', ') } };
}
