import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { type LogFilter, logFilter, type StreamRoute, STREAMS } from '@sluice/contract/endpoints';
import type { LogEntry } from '@sluice/engine';
import { printableJson } from '@sluice/panel-http/printable';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Viewer, withoutKeys } from '../access/viewer.js';
import { checked, checkScope } from './check.js';
import { toLogFilter } from './handlers/runs.js';
import { BASE, findViewer, requireViewer } from './require-viewer.js';
import type { ServerParts } from '../requests/parts.js';
import type { Limits } from '../server/options.js';

type Send = (event: string, data: unknown) => void;

/** Bytes that wait for a client of a stream; one that reads too slowly is cut off. */
const MOST_UNREAD = 4 * 1024 * 1024;

/** Entries of an export that are written in one turn: the store answers at once, so that nothing else would have one. */
const IN_ONE_TURN = 25;

/** Writes an answer until it ends. */
type Write = (raw: ServerResponse) => Promise<void>;

/** Adds the streams of the API; they end with the server. */
export function addStreams(server: FastifyInstance, parts: ServerParts): void {
  const open = new Map<ServerResponse, () => void>();
  server.addHook('preClose', (done) => {
    for (const stop of open.values()) stop();
    done();
  });
  const add = (
    { path, useCase }: StreamRoute,
    begin: (request: FastifyRequest, reply: FastifyReply, viewer: Viewer) => Write | Promise<Write>,
  ): void => {
    server.get(`${BASE}${path}`, async (request, reply) => {
      const viewer = await requireViewer(parts, request, reply);
      checkScope({ useCase, clients: 'none' }, viewer);
      await parts.context.sluice.version();
      const write = await begin(request, reply, viewer);
      const raw = toRaw(reply);
      raw.socket?.setTimeout(parts.context.limits.stalledMs);
      const stop = (): void => {
        // A part of an export that ended well would be taken for the whole.
        if (path === STREAMS.export.path) raw.destroy();
        else raw.end();
      };
      open.set(raw, stop);
      // A token may be revoked, and a session end, while the stream is open.
      const checks = setInterval(() => {
        findViewer(parts.context, request).then(
          (still) => {
            if (still === null) stop();
          },
          () => undefined,
        );
      }, parts.context.limits.streamMs);
      try {
        await write(raw);
      } finally {
        clearInterval(checks);
        open.delete(raw);
        raw.end();
      }
    });
  };
  add(STREAMS.events, (request, reply, viewer) => followRun(parts, request, { reply, viewer }));
  add(STREAMS.follow, (request, reply) => followLog(parts, request, reply));
  add(STREAMS.export, (request, reply) => {
    const filter = toFilter(parts, request);
    reply.header('content-type', 'application/x-ndjson; charset=utf-8');
    return async (raw) => {
      let written = 0;
      try {
        await parts.context.sluice.log.export(filter, async (entry) => {
          await writeLine(raw, entry);
          if (++written % IN_ONE_TURN === 0) await turn();
        });
      } catch (error) {
        if (written > 0) raw.destroy();
        throw error;
      }
    };
  });
}

async function followRun(
  { context, tasks }: ServerParts,
  request: FastifyRequest,
  { reply, viewer }: { reply: FastifyReply; viewer: Viewer },
): Promise<Write> {
  const task = await tasks.get((request.params as { run: string }).run);
  asEvents(reply);
  return (raw) =>
    sendEvents({ raw, limits: context.limits }, (send) =>
      tasks.listen(task, ({ event, data }) => {
        // A slow client misses steps of the progress, never the end.
        if (event !== 'progress' || !raw.writableNeedDrain) send(event, withoutKeys(viewer, data, { all: true }));
        if (event !== 'progress') raw.end();
      }),
    );
}

function followLog(parts: ServerParts, request: FastifyRequest, reply: FastifyReply): Write {
  const filter = toFilter(parts, request);
  asEvents(reply);
  return (raw) =>
    sendEvents({ raw, limits: parts.context.limits }, (send) => {
      const stop = new AbortController();
      const onEntry = (entry: LogEntry): void => {
        send('entry', entry);
      };
      parts.context.sluice.log.follow({ ...filter, signal: stop.signal }, onEntry).catch((error: unknown) => {
        if (!stop.signal.aborted) parts.context.onError?.(error);
        raw.end();
      });
      return () => {
        stop.abort();
      };
    });
}

function toFilter({ context }: ServerParts, request: FastifyRequest) {
  const query = checked(logFilter, request.query, 'query') as LogFilter;
  return { ...toLogFilter({ sluice: context.sluice, context }, query), limit: 1 };
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
async function sendEvents(
  { raw, limits }: { raw: ServerResponse; limits: Limits },
  begin: (send: Send) => () => void,
): Promise<void> {
  // Comments keep proxies from closing a stream that is silent.
  let isStalled = false;
  const silence = setInterval(() => {
    if (isStalled && raw.writableNeedDrain) raw.destroy();
    isStalled = raw.writableNeedDrain;
    raw.write(': still here\n\n');
  }, limits.streamMs);
  raw.on('drain', () => {
    isStalled = false;
  });
  const closed = raw.closed ? Promise.resolve() : once(raw, 'close');
  const end = begin((event, data) => {
    // What a client does not read would be kept for it.
    if (raw.writableLength > MOST_UNREAD) raw.destroy();
    else if (!raw.writableEnded) raw.write(`event: ${event}\ndata: ${printableJson(data)}\n\n`);
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
  if (raw.write(`${printableJson(entry)}\n`)) return;
  const waited = new AbortController();
  const { signal } = waited;
  // Aborted afterwards: a listener would stay for each wait.
  await Promise.race([once(raw, 'drain', { signal }), once(raw, 'close', { signal })]).finally(() => {
    waited.abort();
  });
}
