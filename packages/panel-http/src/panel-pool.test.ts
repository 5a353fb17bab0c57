import { expect, it } from '@jest/globals';
import { ConnectError } from './dial.js';
import { createPanelPool } from './panel-pool.js';

it('tells the call, and ends nothing else, where what sends it cannot be loaded', async () => {
  const target = new URL('http://127.0.0.1:9');
  const load = () => Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
  const pool = createPanelPool({ target, calls: 1, connectMs: 1000, tls: {}, proxy: undefined }, load);
  const error = await new Promise((onResponseError) => {
    const handler = {
      onResponseError(_: unknown, problem: Error) {
        onResponseError(problem);
      },
    };
    pool.dispatch({ method: 'GET', path: '/' }, handler);
  });
  pool.close();
  expect(error).toBeInstanceOf(ConnectError);
  expect(error).toMatchObject({ kind: 'refused', message: 'too many open files', code: 'EMFILE' });
});
