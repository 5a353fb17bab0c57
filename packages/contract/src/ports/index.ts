export type {
  BillingCheck,
  BillingDependencies,
  BillingKind,
  BillingPages,
  BillingSystem,
  BillingUse,
  CallLineSettings,
  Charge,
  Credit,
  LineSearch,
  NewLine,
  OwnInvoice,
  Payment,
  RefundRequest,
  SectionProblem,
  Sending,
} from './billing.js';
export {
  hasLine,
  type Invoice,
  type InvoiceLine,
  type InvoiceStatus,
  isLineOf,
  isOnlyLine,
  type MarkedLine,
} from './invoice.js';
export type {
  ChannelDependencies,
  ChannelMessage,
  MessageBrand,
  MessageLink,
  DrawPicture,
  MessagePicture,
  MessageView,
  NoticeChannel,
  NoticeChannelKind,
} from './notice-channel.js';
export type { QueueReader } from './queue.js';
export type {
  ExportedServices,
  ServiceSource,
  SourceFields,
  SourceList,
  SourceProblem,
  SourceRequest,
  SourceService,
  SourceUsage,
} from './service-source.js';
