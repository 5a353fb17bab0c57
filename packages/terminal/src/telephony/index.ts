export {
  CALLS,
  type ShownCall,
  printBills,
  printCallReports,
  printCallTotals,
  printComparedBills,
  printSimulatedCall,
  warnWithoutCharge,
} from './calls.js';
export { TELEPHONY_LISTS, type TelephonyList, type TelephonyNoun } from './lists.js';
export { printNumberChange, printRecord, printRecordChange } from './records.js';
