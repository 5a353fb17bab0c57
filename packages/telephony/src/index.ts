export type {
  CallRecord,
  Did,
  DidDestination,
  Disposition,
  LineStatus,
  Rate,
  Subscriber,
  TelephoneCustomer,
  TelephonePlan,
} from './records.js';
