import { it } from '@jest/globals';

export const { SLUICE_TEST_HIDDIFY_URL: url, SLUICE_TEST_HIDDIFY_KEY: key } = process.env;
const isNamed = url !== undefined && key !== undefined;
/** Why tests are skipped; empty where they run. */
export const reason = isNamed
  ? ''
  : ' (skipped: SLUICE_TEST_HIDDIFY_URL, with the admin path, and SLUICE_TEST_HIDDIFY_KEY do not name a panel)';
/** Runs where the environment names a real panel, and is reported as skipped, with the reason, where it does not. */
export const itWithPanel = isNamed ? it : it.skip;
export const GB = 1024 ** 3;
/** Address of the panel with its admin path. */
export const base = String(url).replace(/\/+$/, '');

/** A user as the panel shows it. */
export interface User {
  uuid: string;
  name: string;
  usage_limit_GB: number;
  current_usage_GB: number;
  package_days: number;
  start_date: string | null;
  mode: string;
  enable: boolean;
  is_active: boolean;
  added_by_uuid: string;
}

/** The panel's own API with the Owner's key. */
export class PanelApi {
  constructor(
    private readonly address: string,
    private readonly secret: string,
  ) {}

  /** Sends a request. */
  api = async (method: string, endpoint: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const send = (): Promise<Response> =>
      fetch(`${this.address}/api/v2/admin${endpoint}`, {
        method,
        headers: { 'hiddify-api-key': this.secret, accept: 'application/json', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    // The panel closes idle connections, which a call may still get.
    const answer = await (method === 'GET' ? send().catch(send) : send());
    return { status: answer.status, body: await answer.json() };
  };

  /** Returns a user. */
  user = async (uuid: string): Promise<User> => (await this.api('GET', `/user/${uuid}/`)).body as User;
  /** Returns whether the panel has a user. */
  isThere = async (uuid: string): Promise<boolean> => (await this.api('GET', `/user/${uuid}/`)).status === 200;
  /** Changes a user as its agent or staff does. */
  change = (uuid: string, body: Partial<User>): Promise<unknown> => this.api('PATCH', `/user/${uuid}/`, body);
  /** Returns all users of the panel. */
  users = async (): Promise<User[]> => {
    const { status, body } = await this.api('GET', '/user/');
    // An empty list is a 404 on this panel.
    return status === 404 ? [] : (body as User[]);
  };

  /** Returns the first part of the links of users. */
  clientPath = async (): Promise<string> => {
    const { chconfigs } = (await this.api('GET', '/all-configs/')).body as {
      chconfigs: Record<string, { proxy_path_client: string }>;
    };
    return chconfigs['0']?.proxy_path_client ?? '';
  };
}

export const { api, user, isThere, change, users } = new PanelApi(base, String(key));
