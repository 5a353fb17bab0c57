import type { PanelError } from '@sluice/panel-http';
import type { OperationName } from '../profile/schema.js';
import { toCanonical } from './canonical.js';
import type { Connection } from './connection.js';
import { toReport } from './to-records.js';
import type { AstbillingCallOptions, AstbillingClient, Report, ReportWait } from './types.js';

const LARGEST_FILE = 1024 ** 3;

/** Creates the operations of reports, which a system makes in the background. */
export function reportEndpoints(connection: Connection): AstbillingClient['reports'] {
  const parse = (name: OperationName, json: unknown): Report =>
    connection.decodeItem({ resource: 'reports', name }, json, toReport);
  const get = async (id: string, options: AstbillingCallOptions = {}): Promise<Report> =>
    parse('get', await connection.read({ resource: 'reports', name: 'get', parts: { id } }, options));
  return {
    create: async (request, options) => {
      const parts = { record: toCanonical(request) };
      return parse('create', await connection.write({ resource: 'reports', name: 'create', parts }, options));
    },
    get,
    wait: async (id, options = {}) => waitFor(connection, () => get(id, options), options),
    download: async (report, sink, { maxBytes = LARGEST_FILE, ...options } = {}) => {
      const { path, query } = locate(connection, report);
      await connection.stream(path, query, { ...options, sink, maxBodyBytes: maxBytes });
    },
  };
}

async function waitFor(
  connection: Connection,
  read: () => Promise<Report>,
  { timeoutMs = 600_000, intervalMs = 5_000, signal }: ReportWait,
): Promise<Report> {
  const { clock } = connection;
  const until = clock.now() + timeoutMs;
  for (;;) {
    const report = await read();
    if (report.status === 'ready') return report;
    if (report.status === 'failed' || report.status === 'expired') {
      throw refused(
        connection,
        `reported the state ${report.status} for report ${JSON.stringify(report.id)}. Make it again.`,
      );
    }
    if (clock.now() + intervalMs > until) {
      throw connection.error(
        'PANEL_TIMEOUT',
        { resource: 'reports', name: 'get' },
        {
          message: `did not finish the report in ${Math.round(timeoutMs / 1000)} s. Read it again later.`,
        },
      );
    }
    await clock.sleep(intervalMs, signal);
  }
}

function refused(connection: Connection, message: string): PanelError {
  return connection.error('PANEL_REJECTED', { resource: 'reports', name: 'get' }, { message, panelCode: 'report' });
}

/** Where a report's file is: on the panel's own origin, below the base path, or nowhere. */
function locate(connection: Connection, { id, file }: Report): { path: string; query: Record<string, string> } {
  const { basePath } = connection.profile;
  if (file === null) {
    const operation = connection.operation('reports', 'download');
    const { path } = connection.writer.write('reports', operation, { id });
    return { path, query: {} };
  }
  const { origin, pathname } = connection.url;
  const root = `${pathname.replace(/\/$/, '')}${basePath}`;
  const below = file.startsWith('/') && !file.startsWith(`${root}/`) ? root + file : file;
  const plain = !/[\\\s]|(^|\/)(\.|%2e){1,2}(\/|$)/i.test(file) && !file.startsWith('//');
  const url = plain && URL.canParse(below, `${origin}${root}/`) ? new URL(below, `${origin}${root}/`) : null;
  if (url === null || url.origin !== origin || !url.pathname.startsWith(`${root}/`) || url.username !== '') {
    throw refused(
      connection,
      'says that the file of the report is at another address. It was not fetched; the credential goes to the panel only.',
    );
  }
  return { path: url.pathname.slice(pathname.replace(/\/$/, '').length), query: Object.fromEntries(url.searchParams) };
}
