import { isPanelError } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxClient } from '../client.js';
import type { FlvxApi } from '../http/api.js';

const captcha = z.union([z.literal(0), z.literal(1)]);
const setting = z.object({ value: z.string() });
const opened = z.object({ token: z.string() });

/** The login, the captcha and the public settings (docs/panels/flvx.md, 2). */
export function accessEndpoints(
  api: FlvxApi,
): Pick<FlvxClient, 'session' | 'clockDifference' | 'captchaRequired' | 'setting' | 'setSetting' | 'passwordOpens'> {
  return {
    session: () => api.session.ensure(),
    clockDifference: () => api.clock.difference,
    async captchaRequired(options) {
      return (await api.call({ path: '/captcha/check', kind: 'read', data: captcha, auth: false }, options)) === 1;
    },
    async setting(name, options) {
      try {
        const call = { path: '/config/get', body: { name }, kind: 'read', data: setting, auth: false } as const;
        return (await api.call(call, options)).value;
      } catch (error) {
        if (isPanelError(error) && error.panelCode === 'setting_missing') return null;
        throw error;
      }
    },
    async setSetting(name, value, options) {
      await api.call({ path: '/config/update-single', kind: 'write', body: { name, value } }, options);
    },
    async passwordOpens(name, password, options) {
      try {
        const body = { username: name, password };
        const secrets = [password];
        await api.call({ path: '/user/login', body, kind: 'read', data: opened, auth: false, secrets }, options);
        return true;
      } catch (error) {
        if (!isPanelError(error)) throw error;
        if (error.panelCode === 'bad_credentials') return false;
        // The panel checks the password first (docs/panels/flvx.md, 2.3).
        if (error.panelCode === 'account_disabled') return true;
        if (error.panelCode === 'captcha') return null;
        throw error;
      }
    },
  };
}
