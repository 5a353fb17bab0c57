import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { LogEntry } from '@sluice/engine';
import { printableJson } from '@sluice/panel-http/printable';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checked, checkScope } from './check.js';
import { logFilterSchema, type LogQuery, toLogFilter } from './routes/runs.js';
import { type ApiParts, BASE, requireViewer } from './parts.js';
import { type StreamRoute, STREAMS } from './stream-routes.js';

/** Comments keep proxies from closing a stream that is silent. */
const SILENT_MS = 15_000;

type Send = (event: string, data: unknown) => void;

/** Adds the streams of the API; they end with the server. */
export function addStreams(server: FastifyInstance, parts: ApiParts): void {
  const { context, tasks } = parts;
  const { sluice } = context;
  const open = new Set<ServerResponse>();
  server.addHook('preClose', (done) => {
    for (const stream of open) stream.end();
    done();
  });
  const stream = (
    { path }: StreamRoute,
    begin: (request: FastifyRequest, reply: FastifyReply) => Promise<(raw: ServerResponse) => Promise<void>>,
  ): void => {
    server.get(`${BASE}${path}`, async (request, reply) => {
      const viewer = await requireViewer(parts, request, reply);
      checkScope({ scope: 'read', clients: 'none' }, viewer);
      const write = await begin(request, reply);
      const raw = toRaw(reply);
      open.add(raw);
      try {
        await write(raw);
      } finally {
        open.delete(raw);
        raw.end();
      }
    });
  };
  stream(STREAMS.events, (request, reply) => {
    const task = tasks.get((request.params as { run: string }).run);
    asEvents(reply);
    return Promise.resolve((raw) =>
      sendEvents(raw, (send) => {
        const end = tasks.listen(task, ({ event, data }) => {
          send(event, data);
          if (event !== 'progress') raw.end();
        });
        return { end };
      }),
    );
  });
  stream(STREAMS.follow, (request, reply) => {
    const filter = {
      ...toLogFilter({ sluice, context }, checked(logFilterSchema, request.query, 'query') as LogQuery),
      limit: 1,
    };
    asEvents(reply);
    return Promise.resolve((raw) =>
      sendEvents(raw, (send) => {
        const stop = new AbortController();
        const follow = sluice.log.follow({ ...filter, signal: stop.signal }, (entry) => {
          send('entry', entry);
        });
        follow.catch((error: unknown) => {
          if (!stop.signal.aborted) context.onError?.(error);
          raw.end();
        });
        return {
          end: () => {
            stop.abort();
          },
        };
      }),
    );
  });
  stream(STREAMS.export, (request, reply) => {
    const filter = {
      ...toLogFilter({ sluice, context }, checked(logFilterSchema, request.query, 'query') as LogQuery),
      limit: 0,
    };
    reply.header('content-type', 'application/x-ndjson; charset=utf-8');
    return Promise.resolve(async (raw) => {
      await sluice.log.export(filter, (entry) => writeLine(raw, entry));
    });
  });
}

function asEvents(reply: FastifyReply): void {
  reply.header('content-type', 'text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
}

/** Begins an answer that is written by hand, with the headers that were set. */
function toRaw(reply: FastifyReply): ServerResponse {
  reply.header('cache-control', 'no-store').hijack();
  reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  reply.raw.flushHeaders();
  return reply.raw;
}

/** Sends events until the client hangs up or the stream is ended. */
async function sendEvents(raw: ServerResponse, begin: (send: Send) => { end: () => void }): Promise<void> {
  const silence = setInterval(() => raw.write(': still here\n\n'), SILENT_MS);
  const closed = raw.closed ? Promise.resolve() : once(raw, 'close');
  const { end } = begin((event, data) => {
    if (!raw.writableEnded) raw.write(`event: ${event}\ndata: ${printableJson(data)}\n\n`);
  });
  try {
    await closed;
  } finally {
    clearInterval(silence);
    end();
  }
}

async function writeLine(raw: ServerResponse, entry: LogEntry): Promise<void> {
  if (raw.destroyed) throw new Error('the client hung up');
  if (!raw.write(`${printableJson(entry)}\n`)) await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
}
