import { ExitCode } from '../exit-codes.js';
import { bytesCell, Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';

/** `sluice usage [SERVICE]` */
export const usage: CommandHandler<GlobalOptions & { refresh?: boolean }> = ([id], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { services } = await sluice.usage.read({ service: id, refresh: options.refresh });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ services });
    else if (services.length === 0) terminal.line('No services.');
    else {
      terminal.table(
        ['service', 'mode', '>in', '>out', '>total', '>allowed', '>remaining', 'read', 'status'],
        services.map((service) => [
          service.id,
          service.mode,
          bytesCell(service.usage?.inBytes),
          bytesCell(service.usage?.outBytes),
          bytesCell(service.usage?.totalBytes),
          service.allowance?.unlimited === true ? 'unlimited' : bytesCell(service.allowance?.allowedBytes),
          bytesCell(service.allowance?.remainingBytes),
          service.usage?.readAt ?? null,
          terminal.status(service.status),
        ]),
      );
    }
    for (const service of services)
      if (service.error) terminal.line(`${service.id}: ${terminal.error(service.error, { service: service.id })}`);
    const wrong = services.filter((service) => service.error !== null).length;
    if (options.refresh !== true || wrong === 0) return ExitCode.done;
    return wrong === services.length ? ExitCode.failed : ExitCode.partial;
  });

/** `sluice usage history SERVICE` */
export const usageHistory: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const { cycles } = await sluice.usage.history(id);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ cycles });
    else if (cycles.length === 0) terminal.line('No cycle was metered yet.');
    else {
      terminal.table(
        ['start', 'end', '>in', '>out', '>total', '>allowed'],
        cycles.map((cycle) => [
          cycle.start,
          cycle.end,
          bytesCell(cycle.usage?.inBytes),
          bytesCell(cycle.usage?.outBytes),
          bytesCell(cycle.usage?.totalBytes),
          cycle.allowance?.unlimited === true ? 'unlimited' : bytesCell(cycle.allowance?.allowedBytes),
        ]),
      );
    }
    return ExitCode.done;
  });
