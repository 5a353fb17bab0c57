import { OPERATE, READ } from '../callers.js';
import { group } from './group.js';

/** The use cases of `further`. */
export const further = group({
  'clock.accept': {
    callers: OPERATE,
    command: 'doctor --accept-clock',
    routes: (h) => ({
      'POST /clock/accept': {
        summary: 'Confirm the clock of this machine, and check everything',
        body: { panel: h.optionalText, contract: h.flag },
        answer: h.panels.doctorReport,
      },
    }),
  },
  'panels.acceptAnswers': {
    callers: OPERATE,
    command: 'doctor --contract',
  },
  runs: {
    callers: READ,
    routes: (h) => ({
      'GET /runs/:run': {
        agents: true,
        summary: 'Show a run that was started by the API, for an hour after its end',
        answer: h.reports.task,
      },
    }),
  },
  'runs.cancel': {
    callers: OPERATE,
    routes: (h) => ({
      'POST /runs/:run/cancel': {
        summary: 'Ask a run that was started by the API to end, which it does at a safe step',
        answer: h.reports.task,
      },
    }),
  },
  'usage.refresh': {
    callers: OPERATE,
    command: 'usage --refresh',
  },
});
