import type { UseCase } from '@sluice/contract';

/** A route whose answer is a stream. */
export interface StreamRoute {
  path: string;
  useCase: UseCase;
  summary: string;
  type: 'text/event-stream' | 'application/x-ndjson';
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
