export {
  readReport,
  type Report,
  type ReportOutlook,
  type ReportRequest,
  type ReportService,
  type ReportTotals,
} from './read-report.js';
export { reportHtml } from './report-html.js';
