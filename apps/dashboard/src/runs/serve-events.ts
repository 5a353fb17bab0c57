import { SluiceError } from '@sluice/panel-kind';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { bySession } from '../access/authenticate.js';
import { sendError } from '../server/html-reply.js';
import type { Context } from '../server/options.js';
import { runsOf } from './runs.js';

/** Adds `/runs/:id/events`: the progress of a run, for its page. */
export function addRunEvents(server: FastifyInstance, context: Context): void {
  server.get('/runs/:id/events', async (request, reply) => {
    const visit = await bySession(context, request);
    const { id = '' } = request.params as Record<string, string>;
    const run = visit?.viewer.client === null && visit.viewer.may('read') ? runsOf(context.sluice).find(id) : undefined;
    if (run === undefined)
      return sendError(
        context,
        reply,
        new SluiceError('unknown_run', `There is no run "${id}"`, { kind: 'not-found' }),
      );
    streamRun(context, reply, id);
    return reply;
  });
}

/** Sends the events of a run until it ends or the client leaves. */
export function streamRun({ sluice }: Context, reply: FastifyReply, id: string): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const send = (text: string): void => {
    // A slow client misses steps of the progress, never the end.
    if (!text.startsWith('event: progress') || !raw.writableNeedDrain) raw.write(text);
  };
  const stop = runsOf(sluice).watch(id, ({ type, data }) => {
    send(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    if (type !== 'progress') raw.end();
  });
  raw.on('close', stop);
}
