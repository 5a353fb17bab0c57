import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { redirect } from './answer.js';
import { type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { type Switches } from './switches.js';

const OWN_PATH = /^\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(\/?)(sub64|sub|clashmeta|all\.txt)?(\/?)$/i;
const DAY_SECONDS = 86_400;

/**
 * Answers a link of a user below the client path, as apps ask for it: what is used and allowed stands in a header, also of a user that is
 * disabled. Returns `undefined` where the path is none of these. The configurations themselves are made up, and none of a user that is
 * not active.
 */
export function answerSubscription(
  { method, path, headers }: FakeRequest,
  state: HiddifyState,
  { clientPath }: Switches,
): FakeResponse | undefined {
  const start = `/${clientPath}`;
  if (method !== 'GET' || !path.startsWith(`${start}/`)) return undefined;
  const [, uuid = '', slash = '', page = '', last = ''] = OWN_PATH.exec(path.slice(start.length)) ?? [];
  if (uuid === '' || (page === '' && last !== '')) return undefined;
  if (slash === '') return redirect(308, `http://${headers['host'] ?? '127.0.0.1'}${path}/`);
  const user = state.findUser(uuid);
  if (user !== undefined) return shown(user, state, page);
  return redirect(302, `${start}/?force=1&next=${start}/${page}${last}&user=${uuid}`);
}

function shown(user: UserRow, state: HiddifyState, page: string): FakeResponse {
  const status = 'trojan://1@status.example:443#status';
  const lines = state.isActive(user) ? [status, `vless://${user.uuid}@vpn.example:443#vpn`] : [status];
  const text = lines.join('\n');
  const until = Date.parse(state.time.today()) / 1000 + state.remainingDays(user) * DAY_SECONDS;
  return {
    status: 200,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'subscription-userinfo': `upload=0;download=${user.currentUsage};total=${user.usageLimit};expire=${until}`,
      'profile-update-interval': '1',
    },
    body: page === '' || page === 'sub64' ? Buffer.from(text).toString('base64') : text,
  };
}
