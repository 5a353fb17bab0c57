import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatText } from '../format-text.mjs';
import { root } from './lib.mjs';
import { costsPage } from './scale/costs-page.mjs';
import { measureScale } from './scale/measure.mjs';
import { scaleReport } from './scale/report.mjs';
import { FULL, SMALL } from './scale/settings.mjs';

/** The load test: writes the report and the page of costs into a folder, and what both were made of into `.reports`. */
export async function benchScale({ settings = FULL, folder = path.join(root, 'docs') } = {}) {
  const measured = await measureScale(settings, (text) => process.stderr.write(`${text}\n`));
  const reports = path.join(root, '.reports');
  mkdirSync(reports, { recursive: true });
  writeFileSync(
    path.join(reports, 'scale.json'),
    JSON.stringify(measured, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)),
  );
  const page = path.join(folder, 'costs.md');
  writeFileSync(page, await formatText(page, costsPage(measured)));
  const report = path.join(folder, 'scale-report.html');
  writeFileSync(report, await formatText(report, scaleReport(measured)));
  return measured.simulation.results.map(({ policy, workers, totals, services, days }) => ({
    name: `1 day, ${policy} poll, ${workers} workers: calls per service and day`,
    figure: totals.calls / services / days,
    limit: null,
  }));
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { small: { type: 'boolean' }, to: { type: 'string' } } });
  await benchScale({ ...(values.small && { settings: SMALL }), ...(values.to !== undefined && { folder: values.to }) });
}
