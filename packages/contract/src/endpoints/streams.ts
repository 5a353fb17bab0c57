import * as z from 'zod';
import { logQuery } from './inputs.js';

/** Which entries of the log a query names. */
export const logFilter = z.strictObject(logQuery);
/** Which entries of the log a query names. */
export type LogFilter = z.output<typeof logFilter>;

/** A route whose answer is a stream. */
export interface StreamRoute {
  readonly path: string;
  readonly useCase: 'runs' | 'log.follow' | 'log.export';
  readonly summary: string;
  readonly type: 'text/event-stream' | 'application/x-ndjson';
}

/** The routes of the API whose answers are streams. */
export const STREAMS = {
  events: {
    path: '/runs/:run/events',
    useCase: 'runs',
    summary: 'Follow a run: events `progress`, then `report` or `error`, which is the last',
    type: 'text/event-stream',
  },
  follow: {
    path: '/log/follow',
    useCase: 'log.follow',
    summary: 'Follow the log: an event `entry` for each new entry',
    type: 'text/event-stream',
  },
  export: {
    path: '/log/export',
    useCase: 'log.export',
    summary: 'Return the log, oldest first, one JSON document per line',
    type: 'application/x-ndjson',
  },
} as const satisfies Record<string, StreamRoute>;
