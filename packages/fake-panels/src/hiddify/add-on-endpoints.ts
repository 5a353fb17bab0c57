import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { findLimit, limitReached, toTotal } from './add-on-hooks.js';
import { type AddOnOptions } from './add-on-options.js';
import { json } from './answer.js';
import { PanelException } from './panel-failure.js';
import { readBody } from './read-body.js';
import { type AdminRow, gibibyte, type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';

const base = '/api/v1/agent-traffic';
/** Persian: the new user's traffic is more than the agent's remaining traffic. */
const notEnough = 'ترافیک درخواستی بیشتر از ترافیک باقی‌مانده ایجنت است';
const methodNotAllowed = '405 Method Not Allowed: The method is not allowed for the requested URL.';

/** The add-on's six endpoints. They need no key (docs/panels/hiddify.md, 7.1 and 7.3). */
export class AddOnEndpoints {
  constructor(
    private readonly state: HiddifyState,
    private readonly options: AddOnOptions,
  ) {}

  /** Answers a path that is the add-on's; `undefined`: it is not. */
  handle(request: FakeRequest, adminPath: string): FakeResponse | undefined {
    const prefix = this.options.endpoints === 'root' ? base : `/${adminPath}${base}`;
    if ((this.options.endpoints ?? 'none') === 'none' || !request.path.startsWith(`${prefix}/`)) return undefined;
    const path = request.path.slice(prefix.length);
    if (path === '/agents/traffic') return allow(request, 'GET', () => this.list());
    if (path === '/agents/check-all') return allow(request, 'POST', () => this.checkAll());
    const found = /^\/agents\/(\d+)\/(traffic|traffic-limit|check|can-create-user)$/.exec(path);
    if (found === null) return undefined;
    const [method, answer] = this.agentCalls[String(found[2])] ?? ['GET', (agent: AdminRow) => json(this.stats(agent))];
    return allow(request, method, () => {
      const agent = this.state.admins.get(Number(found[1]));
      if (agent === undefined) return json({ error: 'Agent not found' }, 404);
      if (agent.mode !== 'agent') return json({ error: 'User is not an agent' }, 400);
      return answer(agent, request);
    });
  }

  private readonly agentCalls: Readonly<
    Record<string, [method: string, answer: (agent: AdminRow, request: FakeRequest) => FakeResponse]>
  > = {
    'traffic-limit': ['PUT', (agent, request) => this.setLimit(agent, request)],
    check: ['POST', (agent) => this.check(agent)],
    'can-create-user': ['POST', (agent, request) => this.canCreate(agent, request)],
  };

  private list(): FakeResponse {
    const agents = this.agents().map((agent) => {
      const total = toTotal(this.state, agent);
      const limit = findLimit(agent);
      return {
        agent_id: agent.id,
        agent_name: agent.name,
        agent_uuid: agent.uuid,
        total_traffic_bytes: this.options.sumsAsText === true ? String(total) : total,
        total_traffic_GB: total / gibibyte,
        traffic_limit_GB: limit === null ? null : limit / gibibyte,
        remaining_traffic_GB: limit === null ? null : Math.max(0, limit - total) / gibibyte,
        is_limit_exceeded: this.exceeded(agent),
        users_count: this.users(agent).length,
      };
    });
    return json({ agents, count: agents.length });
  }

  private setLimit(agent: AdminRow, request: FakeRequest): FakeResponse {
    const gb = parseNumber(readBody(request), 'traffic_limit_GB');
    this.state.changeAdmin(agent, { trafficLimit: gb === null ? null : Math.trunc(gb * gibibyte) });
    const limit = findLimit(agent);
    return json({
      message: 'Traffic limit updated successfully',
      agent_id: agent.id,
      traffic_limit_GB: limit === null ? null : limit / gibibyte,
    });
  }

  private check(agent: AdminRow): FakeResponse {
    const exceeded = this.disableWhenExceeded(agent);
    return json({ message: 'Check completed', was_exceeded: exceeded, stats: this.stats(agent) });
  }

  private checkAll(): FakeResponse {
    const exceeded = this.agents().filter((agent) => this.disableWhenExceeded(agent));
    return json({ message: 'All agents checked', exceeded_agents_count: exceeded.length });
  }

  private canCreate(agent: AdminRow, request: FakeRequest): FakeResponse {
    const wanted = (parseNumber(readBody(request), 'user_traffic_limit_GB') ?? 0) * gibibyte;
    const limit = findLimit(agent);
    const total = toTotal(this.state, agent);
    const full = limit !== null && total >= limit;
    const fits = limit === null || (!full && total + wanted <= limit);
    const message = full ? limitReached : notEnough;
    return json({ can_create: fits, error_message: fits ? null : message, agent_stats: this.stats(agent) });
  }

  /** Disables without a record and never enables again; the cores learn of it in the next usage task. */
  private disableWhenExceeded(agent: AdminRow): boolean {
    if (!this.exceeded(agent)) return false;
    for (const user of this.users(agent)) this.state.changeUser(user, { enable: false });
    return true;
  }

  private exceeded(agent: AdminRow): boolean {
    const limit = findLimit(agent);
    return limit !== null && toTotal(this.state, agent) >= limit;
  }

  private stats(agent: AdminRow): object {
    const total = toTotal(this.state, agent);
    const limit = findLimit(agent);
    const users = this.users(agent);
    return {
      agent_id: agent.id,
      agent_name: agent.name,
      agent_uuid: agent.uuid,
      total_traffic_bytes: total,
      total_traffic_GB: hundredths(total / gibibyte),
      traffic_limit_GB: limit === null ? null : limit / gibibyte,
      remaining_traffic_GB: limit === null ? null : hundredths(Math.max(0, limit - total) / gibibyte),
      is_limit_exceeded: this.exceeded(agent),
      users_count: users.length,
      active_users_count: users.filter((user) => user.enable).length,
      usage_percentage: limit === null ? null : hundredths((total / limit) * 100),
    };
  }

  private agents(): AdminRow[] {
    return [...this.state.admins.values()].filter((admin) => admin.mode === 'agent');
  }

  private users(agent: AdminRow): UserRow[] {
    return this.state.listUsers(this.state.branch(agent));
  }
}

function allow(request: FakeRequest, method: string, answer: () => FakeResponse): FakeResponse {
  if (request.method !== method) throw new PanelException(methodNotAllowed);
  return answer();
}

function parseNumber(body: unknown, name: string): number | null {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'number' ? value : null;
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
