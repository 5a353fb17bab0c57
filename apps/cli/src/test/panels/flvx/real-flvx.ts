import { it } from '@jest/globals';

const {
  SLUICE_TEST_FLVX_URL: url,
  SLUICE_TEST_FLVX_USERNAME: username,
  SLUICE_TEST_FLVX_PASSWORD: password,
} = process.env;
export { password, url, username };

const isNamed = url !== undefined && username !== undefined && password !== undefined;
/** Why a test is skipped, for its name; empty where it runs. */
export const reason = isNamed
  ? ''
  : ' (skipped: SLUICE_TEST_FLVX_URL, SLUICE_TEST_FLVX_USERNAME and SLUICE_TEST_FLVX_PASSWORD do not name a panel)';
/** Runs where the environment names a real panel, and is reported as skipped, with the reason, where it does not. */
export const itWithPanel = isNamed ? it : it.skip;

export const GB = 1024 ** 3;
export const DAY = 86_400_000;

/** A row of any list of the panel. */
export interface Row {
  id: number;
  userId: number;
  status: number;
  name: string;
  [key: string]: unknown;
}

/** The panel's own API, as an administrator and as the customer use it. */
export class PanelApi {
  private constructor(
    readonly token: string,
    private readonly at: string,
  ) {}

  static async login(user: string, secret: string, at = String(url)): Promise<PanelApi> {
    const { token } = (await call(at, '/user/login', { body: { username: user, password: secret } })) as {
      token: string;
    };
    return new PanelApi(token, at);
  }

  post<T = Row[]>(endpoint: string, body: unknown = {}): Promise<T> {
    return call(this.at, endpoint, { body, token: this.token }) as Promise<T>;
  }

  /** Permissions of a user with their true status. */
  async permissions(userId: number): Promise<Row[]> {
    const { userTunnels = [] } = await this.post<{ userTunnels?: Row[] }>('/backup/export', {
      types: ['userTunnels'],
    });
    return userTunnels.filter((row) => row.userId === userId);
  }

  async forwards(userId: number): Promise<Row[]> {
    return (await this.post('/forward/list')).filter((row) => row.userId === userId);
  }
}

async function call(
  at: string,
  endpoint: string,
  { body, token }: { body: unknown; token?: string },
): Promise<unknown> {
  const answer = await fetch(`${at.replace(/\/+$/, '')}/api/v1${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: token }) },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as { code?: number; msg?: string; data?: unknown };
  if (json.code === undefined) return json;
  if (json.code !== 0) throw new Error(`${endpoint}: ${json.code} ${String(json.msg)}`);
  return json.data;
}

/** A tunnel whose entry nodes are all there, with the secret of one: traffic can be reported for it. */
export async function workingTunnel(admin: PanelApi): Promise<{ id: number; secret: string }> {
  const [tunnels, nodes, { nodes: secrets = [] }] = await Promise.all([
    admin.post<(Row & { inNodeId: { nodeId: number }[] })[]>('/tunnel/list'),
    admin.post('/node/list'),
    admin.post<{ nodes?: (Row & { secret: string })[] }>('/backup/export', { types: ['nodes'] }),
  ]);
  const online = new Set(nodes.filter((node) => node.status === 1).map((node) => node.id));
  const tunnel = tunnels.find(
    (row) => row.status === 1 && row.inNodeId.length > 0 && row.inNodeId.every(({ nodeId }) => online.has(nodeId)),
  );
  const secret = secrets.find((node) => node.id === tunnel?.inNodeId[0]?.nodeId)?.secret;
  if (tunnel === undefined || secret === undefined)
    throw new Error('The panel has no tunnel with a node that is online.');
  return { id: tunnel.id, secret };
}

/** Credentials of the panel in the config of a test. */
export const LOGIN = `username: "${String(username)}", password: "\${env:FLVX_PASSWORD}"`;
