import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { startBench } from '../test/dashboard-bench.js';

const FORM = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000';

it.each(['GET /login HTTP/1.1\r\nHost: x\r\n', `POST /login HTTP/1.1\r\nHost: x\r\n${FORM}\r\n\r\nto`])(
  'ends although a request was never sent whole: %j',
  async (start) => {
    const at = await startBench({ dashboard: { limits: { endMs: 50 } } });
    const { port, hostname } = new URL(at.dashboard.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    socket.write(start);
    await at.fetch('/healthz');
    const closed = once(socket, 'close');
    await at.close();
    await closed;
    expect(socket.destroyed).toBe(true);
  },
);
