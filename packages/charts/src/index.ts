export { type Axis, byteAxis, bytesText, moneyAxis, plainAxis } from './axis.js';
export {
  type ChartBar,
  type ChartData,
  type ChartLine,
  type ChartPoint,
  type KnownPoint,
  UNKNOWN_UNIT,
} from './chart.js';
export {
  describeProjection,
  type Projection,
  type ProjectionInput,
  projectionLine,
  projectionSentence,
  projectUsage,
} from './projection.js';
export { panelChart, type PanelGraph, type PanelGraphFigures } from './panel-chart.js';
export { responsiveChart, svgChart, svgDocument, type SvgOptions } from './svg-chart.js';
export { svgPicture } from './svg-picture.js';
export { chartStyles, type Theme } from './svg-styles.js';
export { areaChart, type ChartStyle } from './terminal-chart.js';
export { timeTicks, type TimeSpan, type TimeTick } from './time.js';
export { isWholeBar, trafficChart, trafficTitle } from './traffic-chart.js';
export {
  usageChart,
  type UsageChartOptions,
  type UsageGraph,
  type UsageGraphBar,
  usageProjection,
} from './usage-chart.js';
