// example
import { createPanelHttp, isPanelError, normaliseBaseUrl } from '../index.js';
import * as z from 'zod';

const port = z.object({ data: z.object({ id: z.number(), admin_state: z.enum(['up', 'down']) }) });

export async function portState(address: string, token: string, id: number): Promise<string> {
  const { url } = normaliseBaseUrl(address, { allowHttp: true });
  const panel = createPanelHttp({
    panel: 'dcim1',
    baseUrl: url,
    auth: { bearer: token },
    onCall: (call) => {
      console.log(`${call.at} ${call.endpoint} ${call.status ?? 'no answer'} ${call.message ?? ''}`);
    },
  });
  try {
    const answer = await panel.request({
      method: 'GET',
      path: `/api/v3/admin/ports/${id}`,
      endpoint: 'GET /api/v3/admin/ports/{id}',
      schema: port,
    });
    return answer.body.data.admin_state;
  } catch (error) {
    if (isPanelError(error) && error.code === 'PANEL_NOT_FOUND') return 'gone';
    throw error;
  } finally {
    panel.close();
  }
}
// end of example
