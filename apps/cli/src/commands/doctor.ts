import { ExitCode } from '../exit-codes.js';
import { runDoctor } from '../operations/doctor/doctor.js';
import { withSession } from '../operations/session.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printChecks } from './db.js';

/** Options of `sluice doctor`. */
type DoctorOptions = GlobalOptions & { contract?: boolean; panel?: string; acceptClock?: boolean };

/** `sluice doctor [--contract] [--accept-clock]` */
export const doctor: CommandHandler<DoctorOptions> = (_args, options, deps) =>
  withSession(deps, options, async (session) => {
    const { ok, checks } = await runDoctor(session, {
      contract: options.contract === true,
      panel: options.panel,
      acceptClock: options.acceptClock === true,
    });
    printChecks(new Terminal(deps, options), ok, checks);
    return ok ? ExitCode.done : ExitCode.failed;
  });
