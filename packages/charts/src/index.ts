export { type Axis, byteAxis, bytesText, moneyAxis, plainAxis } from './axis.js';
export {
  type ChartAhead,
  type ChartBar,
  type ChartData,
  type ChartEvent,
  type ChartLine,
  type ChartPart,
  type ChartPoint,
  type ChartSpan,
  type KnownPoint,
  UNKNOWN_UNIT,
} from './chart.js';
export { describeProjection, projectionSentence, type UsageOutlook } from './outlook-words.js';
export { panelChart, type PanelGraph, type PanelGraphFigures } from './panel-chart.js';
export { pictureChart, type PictureChart, type PictureKey } from './picture-chart.js';
export { spendChart, type SpendDay, type SpendGraph, spendText } from './spend-chart.js';
export { responsiveChart, svgChart, svgDocument, type SvgOptions } from './svg-chart.js';
export { svgPicture } from './svg-picture.js';
export { chartStyles, type Theme } from './svg-styles.js';
export { areaChart, type ChartStyle } from './terminal-chart.js';
export { shareSign } from './terminal-marks.js';
export { timeTicks, type TimeSpan, type TimeTick } from './time.js';
export { type SplitBar, splitFigures, splitShares, type TrafficSplit } from './traffic-split.js';
export {
  beforeFirstText,
  isWholeBar,
  rateText,
  trafficChart,
  type TrafficGraph,
  trafficTitle,
} from './traffic-chart.js';
export { usageChart, type UsageChartOptions } from './usage-chart.js';
export type { UsageGraph, UsageGraphBar, UsageGraphPoint } from './usage-graph.js';
