import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { selfView } from './admin-view.js';
import { html, json } from './answer.js';
import { routes } from './endpoint.js';
import { Refusal } from './panel-failure.js';
import { type AdminRow } from './rows.js';
import { machineStats, usageHistory } from './server-status.js';
import { type HiddifyState } from './state.js';
import { type Switches } from './switches.js';
import { type UsageTask } from './usage-task.js';

export interface SystemEndpointParts {
  readonly state: HiddifyState;
  readonly usageTask: UsageTask;
  readonly switches: Switches;
  readonly database: 'mariadb' | 'sqlite';
  readonly language: string;
  readonly version: string;
}

/**
 * Everything that is neither a user nor an administrator: self, status, usage, log, configuration
 * (docs/panels/hiddify.md, 3.1).
 */
export class SystemEndpoints {
  constructor(private readonly parts: SystemEndpointParts) {}

  info(): FakeResponse {
    return json({ version: this.parts.version });
  }

  handle(request: FakeRequest, pattern: string, caller: AdminRow): FakeResponse {
    const { state, language } = this.parts;
    switch (pattern) {
      case '/api/v2/admin/me/':
        return json(selfView(state, caller, language));
      case '/api/v2/admin/server_status/':
        return this.status(request, caller);
      case '/api/v2/admin/update_user_usage/':
        return this.updateUsage();
      case '/api/v2/admin/log/':
        return this.log(request);
      default:
        return this.allConfigs();
    }
  }

  /** The public description of the API: the paths alone. */
  openApi(): FakeResponse {
    const paths = Object.fromEntries(routes.map((route) => [`/{proxy_path}${route.pattern}`, {}]));
    const info = { title: 'Hiddify API', version: '2.2.0' };
    return json({ components: {}, info, openapi: '3.0.3', paths, servers: [], tags: [] });
  }

  /** `admin_id` is not checked against the caller. */
  private status(request: FakeRequest, caller: AdminRow): FakeResponse {
    const { state, database } = this.parts;
    const asked = request.query.get('admin_id');
    const admin = asked === null || asked === '' ? caller : state.admins.get(Number(asked));
    return json({ stats: machineStats(database), usage_history: usageHistory(state, admin, database) });
  }

  private updateUsage(): FakeResponse {
    const comments = this.parts.usageTask.run();
    const date = this.parts.state.time.stamp();
    return html(JSON.stringify({ status: 'success', comments, date }, null, 2));
  }

  private log(request: FakeRequest): FakeResponse {
    const file = new URLSearchParams(request.body.toString('utf8')).get('file');
    if (file === null) {
      throw new Refusal(422, 'Validation error', { form: { file: ['Missing data for required field.'] } });
    }
    if (file !== 'panel.log') throw new Refusal(404, 'Invalid log file');
    return html('<div style="background-color:black; color:white;padding:10px"></div>');
  }

  /** Returns all secrets in one answer. */
  private allConfigs(): FakeResponse {
    const { state, switches } = this.parts;
    const key = state.owner().uuid;
    const chconfigs = { 0: { proxy_path_admin: switches.adminPath, proxy_path_client: switches.clientPath } };
    const configs = { users: [], domains: [], chconfigs, api_key: key, api_path: switches.adminPath };
    return html(JSON.stringify({ ...configs, admin_path: `/${switches.adminPath}/${key}/`, panel_links: [] }, null, 2));
  }
}
